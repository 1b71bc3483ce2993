#include "commands/commands.hpp"
#include "commands/inside.hpp"
#include "commands/options.hpp"

#include <fairlead/manage.hpp>

namespace fairlead::cli {

int run_run(const Arguments& arguments, Session& session) {
  return run_inside(arguments, session, [&](Core& core, ExecOptions options, std::stop_token stop) {
    options.argv = arguments.positionals();
    return run_job(core, {.up = up_request(arguments), .command = std::move(options)},
                   std::move(stop));
  });
}

}  // namespace fairlead::cli
