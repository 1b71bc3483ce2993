#pragma once

#include <fairlead/engine/backend.hpp>

#include <string_view>

namespace fairlead::docker {

/// The plugin's own table of the settings.
/// Throws Error(invalid, "settings.invalid") when `json` is no object or a value no text.
engine::EngineSettings settings_from(std::string_view json);

}  // namespace fairlead::docker
