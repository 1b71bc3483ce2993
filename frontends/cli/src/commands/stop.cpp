#include "commands/commands.hpp"
#include "commands/environment_view.hpp"
#include "commands/forwarding.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"

namespace fairlead::cli {
namespace {

constexpr int grace_seconds = 10;

}  // namespace

int run_stop(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto stopped = stop(core, selection_of(arguments), grace_seconds, signals.token());
  end_forwards(core, stopped.instance.id, signals.token());
  session.write_out(wants_json(arguments, session)
                        ? environment_json(stopped) + '\n'
                        : "The container " + stopped.instance.name + " is stopped.\n");
  return 0;
}

}  // namespace fairlead::cli
