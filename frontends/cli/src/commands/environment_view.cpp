#include "commands/environment_view.hpp"

#include "json_text.hpp"

#include <algorithm>
#include <array>

namespace fairlead::cli {
namespace {

std::string ports_json(const std::vector<PublishedPort>& ports) {
  std::string json;
  for (const auto& port : ports) {
    if (port.host_port.empty() || port.host_port == "0") continue;
    json += (json.empty() ? "" : ",") + std::string(R"({"hostAddress":)") +
            json_string(port.host_address) + R"(,"hostPort":)" + json_string(port.host_port) +
            R"(,"containerPort":)" + json_string(port.container_port) + R"(,"protocol":)" +
            json_string(port.protocol) + '}';
  }
  return '[' + json + ']';
}

}  // namespace

std::string state_word(InstanceState state) {
  switch (state) {
    case InstanceState::created:
      return "created";
    case InstanceState::running:
      return "running";
    case InstanceState::paused:
      return "paused";
    case InstanceState::restarting:
      return "restarting";
    case InstanceState::stopped:
      return "stopped";
    case InstanceState::removing:
      return "removing";
    case InstanceState::dead:
      return "dead";
    case InstanceState::unknown:
      break;
  }
  return "unknown";
}

std::string age_text(std::int64_t seconds) {
  struct Unit {
    std::int64_t seconds;
    const char* name;
  };
  constexpr std::array units = {Unit{86'400, "day"}, Unit{3600, "hour"}, Unit{60, "minute"}};
  if (seconds < 0) return {};
  for (const auto& unit : units) {
    if (seconds < unit.seconds) continue;
    const auto count = seconds / unit.seconds;
    return std::to_string(count) + ' ' + unit.name + (count == 1 ? "" : "s");
  }
  return "now";
}

std::string ports_text(const std::vector<PublishedPort>& ports) {
  std::vector<std::string> words;
  for (const auto& port : ports) {
    if (port.host_port.empty() || port.host_port == "0") continue;  // exposed, not published
    auto word = port.host_port + "->" + port.container_port;
    if (port.protocol != "tcp") word += '/' + port.protocol;
    if (std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
  }
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string silent_json(const std::vector<SilentBackend>& silent) {
  std::string json;
  for (const auto& [name, reason] : silent) {
    json += (json.empty() ? "" : ",") + std::string(R"({"backend":)") + json_string(name) +
            R"(,"reason":)" + json_string(reason) + '}';
  }
  return '[' + json + ']';
}

std::string environment_json(const EnvironmentInfo& environment) {
  const auto& instance = environment.instance;
  std::string json = R"({"backend":)" + json_string(environment.backend);
  json += R"(,"containerId":)" + json_string(instance.id);
  json += R"(,"containerName":)" + json_string(instance.name);
  if (!instance.group.empty()) {
    json += R"(,"project":)" + json_string(instance.group);
    json += R"(,"service":)" + json_string(instance.service);
  }
  json += R"(,"state":)" + json_string(state_word(instance.state));
  json += R"(,"status":)" + json_string(instance.status);
  json += R"(,"image":)" + json_string(instance.image);
  json += R"(,"created":)" + json_string(instance.created);
  json += R"(,"localFolder":)" + json_string(environment.local_folder);
  if (!environment.source.empty()) json += R"(,"source":)" + json_string(environment.source);
  json += R"(,"configFile":)" + json_string(environment.config_file);
  if (environment.age_seconds >= 0) {
    json += R"(,"ageSeconds":)" + std::to_string(environment.age_seconds);
  }
  json += R"(,"ports":)" + ports_json(instance.ports);
  return json + '}';
}

}  // namespace fairlead::cli
