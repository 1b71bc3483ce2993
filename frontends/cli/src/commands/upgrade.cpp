#include "commands/collection_commands.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"

#include <fairlead/features.hpp>

namespace fairlead::cli {

int run_upgrade(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const bool dry_run = arguments.flag("dry-run");
  const auto text = upgrade_lockfile(core,
                                     {.selection = selection_of(arguments),
                                      .dry_run = dry_run,
                                      .feature = arguments.text("feature"),
                                      .target_version = arguments.text("target-version")},
                                     signals.token());
  if (dry_run) session.write_out(text);
  return 0;
}

}  // namespace fairlead::cli
