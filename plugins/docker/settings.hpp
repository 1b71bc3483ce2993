#pragma once

#include <string>
#include <string_view>

namespace fairlead::docker {

/// The plugin's own table of the settings.
struct Settings {
  std::string host;  ///< the engine's address; empty: as the docker client finds it
  std::string docker_path = "docker";  ///< the docker client that builds with BuildKit
};

/// Throws Error(invalid, "settings.invalid") when `json` is no object or a value no text.
Settings settings_from(std::string_view json);

}  // namespace fairlead::docker
