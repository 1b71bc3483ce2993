#pragma once

#include <fairlead/engine/backend.hpp>
#include <fairlead/engine/podman_service.hpp>

#include <string>
#include <string_view>

namespace fairlead::compose {

struct Settings {
  engine::EngineSettings engine;
  engine::PodmanSettings podman;
  std::string on = "auto";         ///< the engine: "docker", "podman", or the one that answers
  std::string userns = "keep-id";  ///< as the setting of Podman's plugin
  std::string compose_path = "docker-compose";
};

/// The plugin's own table of the settings.
/// Throws Error(invalid, "settings.invalid") when `json` is no object, a value no text, or the
/// engine none of the three.
Settings settings_from(std::string_view json);

}  // namespace fairlead::compose
