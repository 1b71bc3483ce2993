#include "commands/commands.hpp"
#include "commands/environment_view.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"

namespace fairlead::cli {

int run_down(const Arguments& arguments, Session& session) {
  StopOnSignal signals;
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto removed =
      down(core, selection_of(arguments), arguments.flag("volumes"), signals.token());
  if (wants_json(arguments, session)) {
    session.write_out((removed ? environment_json(*removed) : "null") + std::string("\n"));
  } else if (removed) {
    session.write_out("The container " + removed->instance.name + " is removed.\n");
  } else {
    session.write_out("There was no container to remove.\n");
  }
  return 0;
}

}  // namespace fairlead::cli
