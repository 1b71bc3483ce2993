#include "commands/environment_view.hpp"

#include "json_text.hpp"

namespace fairlead::cli {

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

std::string environment_json(const EnvironmentInfo& environment) {
  const auto& instance = environment.instance;
  std::string json = R"({"backend":)" + json_string(environment.backend);
  json += R"(,"containerId":)" + json_string(instance.id);
  json += R"(,"containerName":)" + json_string(instance.name);
  json += R"(,"state":)" + json_string(state_word(instance.state));
  json += R"(,"status":)" + json_string(instance.status);
  json += R"(,"image":)" + json_string(instance.image);
  json += R"(,"created":)" + json_string(instance.created);
  json += R"(,"localFolder":)" + json_string(environment.local_folder);
  json += R"(,"configFile":)" + json_string(environment.config_file);
  return json + '}';
}

}  // namespace fairlead::cli
