#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/outcome.hpp"
#include "commands/signals.hpp"

#include <fairlead/features.hpp>

namespace fairlead::cli {
namespace {

std::string result_json(const ReadConfigurationResult& result, const std::string& features) {
  std::string json = R"({"configuration":)" + result.configuration;
  if (!result.workspace.empty()) json += R"(,"workspace":)" + result.workspace;
  if (!features.empty()) json += R"(,"featuresConfiguration":)" + features;
  if (!result.merged.empty()) json += R"(,"mergedConfiguration":)" + result.merged;
  json += ',';
  json += no_auth_diagnostics;
  return json + "}\n";
}

}  // namespace

int run_read_configuration(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const ReadConfigurationRequest request{
      .selection = selection_of(arguments),
      .additional_features = arguments.text("additional-features"),
      .include_merged = arguments.flag("include-merged-configuration"),
      .include_features = arguments.flag("include-features-configuration")};
  const auto result = read_configuration(core, request, signals.token());
  const auto features = read_features_configuration(core, request, signals.token());
  session.write_out(result_json(result, features));
  return 0;
}

}  // namespace fairlead::cli
