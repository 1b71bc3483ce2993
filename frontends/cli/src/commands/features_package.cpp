#include "commands/collection_commands.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"

#include <fairlead/collections.hpp>

namespace fairlead::cli {

int run_features_package(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  package_artifacts(core,
                    {.kind = ArtifactKind::feature,
                     .target = arguments.positional(0),
                     .output_folder = arguments.text("output-folder"),
                     .replace_output = arguments.flag("force-clean-output-folder")},
                    signals.token());
  return 0;
}

}  // namespace fairlead::cli
