#pragma once

#include <fairlead/engine/backend.hpp>

#include <string>
#include <string_view>

namespace fairlead::compose {

struct Settings {
  engine::EngineSettings engine;
  std::string compose_path = "docker-compose";
};

/// The plugin's own table of the settings.
/// Throws Error(invalid, "settings.invalid") when `json` is no object or a value no text.
Settings settings_from(std::string_view json);

}  // namespace fairlead::compose
