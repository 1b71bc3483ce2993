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
  json += R"(,"environment":)";
  json += result.environment ? environment_json(*result.environment) : "null";
  return json + "}\n";
}

std::string status_text(const StatusResult& result) {
  std::string text;
  if (result.config_file.empty()) {
    text += "configuration  none\n";
  } else {
    text += "configuration  " + result.config_file + '\n';
  }
  text += "backend        " + result.backend + '\n';
  if (!result.environment) {
    return text + "container      none" +
           (result.config_file.empty() ? "\n" : "; `fairlead up` makes it\n");
  }
  const auto& instance = result.environment->instance;
  text += "container      " + instance.name + " (" + instance.id.substr(0, 12) + ")\n";
  text += "state          " + state_word(instance.state) + ": " + instance.status + '\n';
  return text + "image          " + instance.image + '\n';
}

}  // namespace

int run_status(const Arguments& arguments, Session& session) {
  StopOnSignal signals;
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto result = status(core, selection_of(arguments), signals.token());
  session.write_out(wants_json(arguments, session) ? status_json(result) : status_text(result));
  return 0;
}

}  // namespace fairlead::cli
