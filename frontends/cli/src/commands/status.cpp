#include "commands/commands.hpp"
#include "commands/environment_view.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "json_text.hpp"

namespace fairlead::cli {
namespace {

std::string status_json(const StatusResult& result) {
  std::string json = R"({"backend":)" + json_string(result.backend);
  if (!result.config_file.empty()) json += R"(,"configFile":)" + json_string(result.config_file);
  if (!result.config_fault.empty()) {
    json += R"(,"configurationFault":)" + json_string(result.config_fault);
  }
  json += R"(,"environment":)";
  json += result.environment ? environment_json(*result.environment) : "null";
  if (result.environment) {
    json += std::string(R"(,"configurationChanged":)") +
            (result.newer_configuration ? "true" : "false");
    json += R"(,"changedProperties":)" + json_array(result.changed);
  }
  if (!result.newer_base.empty()) json += R"(,"newerBaseImage":)" + json_string(result.newer_base);
  if (!result.silent.empty()) json += R"(,"silentBackends":)" + silent_json(result.silent);
  return json + "}\n";
}

std::string change_text(const StatusResult& result) {
  std::string text;
  if (result.newer_configuration) {
    std::string names;
    for (const auto& name : result.changed) names += (names.empty() ? "" : ", ") + name;
    text += "changes        " +
            (names.empty() ? "the configuration is newer than the container" : names) +
            "; `fairlead rebuild` applies them\n";
  }
  if (!result.newer_base.empty()) {
    text += "base image     the registry has a newer " + result.newer_base +
            "; `fairlead rebuild --pull` takes it\n";
  }
  return text;
}

std::string status_text(const StatusResult& result) {
  std::string text =
      "configuration  " + (result.config_file.empty() ? "none" : result.config_file) + '\n';
  if (!result.config_fault.empty()) text += "fault          " + result.config_fault + '\n';
  text += "backend        " + result.backend + '\n';
  for (const auto& [name, reason] : result.silent)
    text += "no answer      " + name + ", which may have a container: " + reason + '\n';
  if (!result.environment) {
    return text + "container      none" +
           (result.config_file.empty() ? "\n" : "; `fairlead up` makes it\n");
  }
  const auto& instance = result.environment->instance;
  text += "container      " + instance.name + " (" + instance.id.substr(0, 12) + ")\n";
  text += "state          " + state_word(instance.state) + ": " + instance.status + '\n';
  if (result.environment->age_seconds >= 0) {
    text += "age            " + age_text(result.environment->age_seconds) + '\n';
  }
  if (!result.environment->source.empty()) {
    text += "clone of       " + result.environment->source + '\n';
  }
  text += "image          " + instance.image + '\n';
  if (const auto ports = ports_text(instance.ports); !ports.empty()) {
    text += "ports          " + ports + '\n';
  }
  return text + change_text(result);
}

}  // namespace

int run_status(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto result = status(core, selection_of(arguments), signals.token());
  session.write_out(wants_json(arguments, session) ? status_json(result) : status_text(result));
  return 0;
}

}  // namespace fairlead::cli
