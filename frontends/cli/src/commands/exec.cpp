#include "commands/commands.hpp"
#include "commands/inside.hpp"

namespace fairlead::cli {

int run_exec(const Arguments& arguments, Session& session) {
  return run_inside(arguments, session, [&](Core& core, ExecOptions options, std::stop_token stop) {
    options.argv = arguments.positionals();
    // Only the drop-in comes so far without a command; the reference tries to run this word.
    if (options.argv.empty()) options.argv = {"undefined"};
    return exec_via(core, way_inside(arguments), std::move(options), std::move(stop));
  });
}

}  // namespace fairlead::cli
