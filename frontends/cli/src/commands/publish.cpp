#include "commands/collection_commands.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"

#include <fairlead/collections.hpp>

namespace fairlead::cli {
namespace {

int publish(ArtifactKind kind, const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  session.write_out(publish_artifacts(core,
                                      {.kind = kind,
                                       .target = arguments.positional(0),
                                       .registry = arguments.text("registry"),
                                       .space = arguments.text("namespace")},
                                      signals.token()) +
                    '\n');
  return 0;
}

}  // namespace

int run_features_publish(const Arguments& arguments, Session& session) {
  return publish(ArtifactKind::feature, arguments, session);
}

int run_templates_publish(const Arguments& arguments, Session& session) {
  return publish(ArtifactKind::dev_template, arguments, session);
}

}  // namespace fairlead::cli
