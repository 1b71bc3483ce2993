#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/outcome.hpp"
#include "commands/signals.hpp"

namespace fairlead::cli {
namespace {

std::string result_json(const ReadConfigurationResult& result) {
  std::string json = R"({"configuration":)" + result.configuration;
  if (!result.workspace.empty()) json += R"(,"workspace":)" + result.workspace;
  if (!result.merged.empty()) json += R"(,"mergedConfiguration":)" + result.merged;
  json += ',';
  json += no_auth_diagnostics;
  return json + "}\n";
}

}  // namespace

int run_read_configuration(const Arguments& arguments, Session& session) {
  StopOnSignal signals;
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto result =
      read_configuration(core,
                         {.selection = selection_of(arguments),
                          .additional_features = arguments.text("additional-features"),
                          .include_merged = arguments.flag("include-merged-configuration"),
                          .include_features = arguments.flag("include-features-configuration")},
                         signals.token());
  session.write_out(result_json(result));
  return 0;
}

}  // namespace fairlead::cli
