#pragma once

#include <fairlead/engine/podman_service.hpp>

#include <string>
#include <string_view>

namespace fairlead::podman {

struct Settings {
  engine::PodmanSettings service;
  std::string userns = "keep-id";
};

/// The plugin's own table of the settings.
/// Throws Error(invalid, "settings.invalid") when `json` is no object or a value no text.
Settings settings_from(std::string_view json);

}  // namespace fairlead::podman
