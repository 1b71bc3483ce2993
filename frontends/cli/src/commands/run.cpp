#include "commands/commands.hpp"
#include "commands/inside.hpp"
#include "commands/options.hpp"
#include "commands/secrets.hpp"

#include <fairlead/manage.hpp>

namespace fairlead::cli {

int run_run(const Arguments& arguments, Session& session) {
  return run_inside(arguments, session, [&](Core& core, ExecOptions options, std::stop_token stop) {
    options.argv = arguments.positionals();
    auto request = up_request(arguments);
    request.lifecycle.leave_rest = false;  // a job needs all of it, and nobody stays to finish it
    request.selection = fetch_workspace(core, std::move(request.selection), stop);
    request.secrets = gather_secrets(core, arguments, session, request.selection, stop);
    return run_job(core, {.up = std::move(request), .command = std::move(options)},
                   std::move(stop));
  });
}

}  // namespace fairlead::cli
