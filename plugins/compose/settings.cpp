#include "settings.hpp"

#include "tool.hpp"

#include <fairlead/engine/settings.hpp>
#include <fairlead/error.hpp>

#include <charconv>

namespace fairlead::compose {
namespace {

std::chrono::seconds seconds_of(const std::string& text) {
  int seconds = 0;
  const auto* const end = text.data() + text.size();
  const auto [stopped, fault] = std::from_chars(text.data(), end, seconds);
  if (fault == std::errc{} && stopped == end && seconds > 0) return std::chrono::seconds(seconds);
  throw Error(Status::invalid, "settings.invalid",
              "The setting plugins.compose.health_timeout is \"" + text + "\".",
              "It is a number of seconds, such as \"600\".");
}

}  // namespace

Settings settings_from(std::string_view json) {
  Settings settings;
  auto health_timeout = std::to_string(settings.health_timeout.count());
  engine::read_settings(json, "compose",
                        {{"host", &settings.engine.host},
                         {"docker_path", &settings.engine.docker_path},
                         {"compose_path", &settings.compose_path},
                         {"podman_path", &settings.podman.podman_path},
                         {"userns", &settings.userns},
                         {"health_timeout", &health_timeout},
                         {"engine", &settings.on}});
  settings.health_timeout = seconds_of(health_timeout);
  if (settings.on != "auto" && settings.on != "docker" && settings.on != "podman") {
    throw Error(Status::invalid, "settings.invalid",
                "The setting plugins.compose.engine is \"" + settings.on + "\".",
                "It is \"docker\", \"podman\" or \"auto\".");
  }
  if (names_podman_compose(settings.compose_path)) {
    if (settings.on == "docker") {
      throw Error(Status::invalid, "settings.invalid",
                  "podman-compose cannot work with Docker, which plugins.compose.engine names.",
                  "Name a docker-compose with --docker-compose-path, or Podman as the engine.");
    }
    settings.on = "podman";
  }
  if (settings.on == "podman") settings.podman.host = settings.engine.host;
  return settings;
}

}  // namespace fairlead::compose
