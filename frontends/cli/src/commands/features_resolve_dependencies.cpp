#include "commands/collection_commands.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"

#include <fairlead/features.hpp>

namespace fairlead::cli {

int run_features_resolve_dependencies(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto show_graph = [&session](const std::string& graph) { session.write_out(graph + '\n'); };
  session.write_out(
      resolve_dependencies(core, selection_of(arguments), show_graph, signals.token()) + '\n');
  return 0;
}

}  // namespace fairlead::cli
