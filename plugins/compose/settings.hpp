#pragma once

#include <fairlead/engine/backend.hpp>
#include <fairlead/engine/podman_service.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace fairlead::compose {

struct Settings {
  engine::EngineSettings engine;
  engine::PodmanSettings podman;
  std::string on = "auto";         ///< the engine: "docker", "podman", or the one that answers
  std::string userns = "keep-id";  ///< as the setting of Podman's plugin
  std::string compose_path = "docker-compose";
  /// How long a service may be on its way to being healthy.
  std::chrono::seconds health_timeout{600};
};

/// The plugin's own table of the settings.
/// Throws Error(invalid, "settings.invalid") when `json` is no object, a value no text, or the
/// engine none of the three, or not the one that compose_path needs.
Settings settings_from(std::string_view json);

}  // namespace fairlead::compose
