#include "settings.hpp"

#include <fairlead/engine/settings.hpp>
#include <fairlead/error.hpp>

namespace fairlead::compose {

Settings settings_from(std::string_view json) {
  Settings settings;
  engine::read_settings(json, "compose",
                        {{"host", &settings.engine.host},
                         {"docker_path", &settings.engine.docker_path},
                         {"compose_path", &settings.compose_path},
                         {"podman_path", &settings.podman.podman_path},
                         {"userns", &settings.userns},
                         {"engine", &settings.on}});
  if (settings.on != "auto" && settings.on != "docker" && settings.on != "podman") {
    throw Error(Status::invalid, "settings.invalid",
                "The setting plugins.compose.engine is \"" + settings.on + "\".",
                "It is \"docker\", \"podman\" or \"auto\".");
  }
  if (settings.on == "podman") settings.podman.host = settings.engine.host;
  return settings;
}

}  // namespace fairlead::compose
