#include "commands/commands.hpp"
#include "commands/inside.hpp"

namespace fairlead::cli {

int run_shell(const Arguments& arguments, Session& session) {
  return run_inside(arguments, session, [&](Core& core, ExecOptions options, std::stop_token stop) {
    options.shell = true;
    options.session = true;
    return exec_via(core, way_inside(arguments), std::move(options), std::move(stop));
  });
}

}  // namespace fairlead::cli
