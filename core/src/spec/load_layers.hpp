#pragma once

#include "spec/json_access.hpp"

#include <fairlead/overlay.hpp>

#include <functional>
#include <string>
#include <vector>

namespace fairlead {

/// Gets every other file as it is written, before old properties are moved.
using OnRead = std::function<void(const Json& config, const SourceMap& source)>;

/// Every file that takes part in a configuration, the nearest last: what `own` extends (first what
/// stands first), `own`, then `<name>.local.json` beside `config_file` with what that extends.
/// Fairlead mode only. Each file counts once. Relative paths in the files become relative to the
/// folder of `config_file`.
/// Throws "config.extends" (missing file, cycle, wrong type, a registry's without `fetch`; with the
/// place of the item), "config.read", "config.syntax", "config.not_an_object", what `fetch` throws.
std::vector<ConfigLayer> load_layers(ConfigLayer own, const std::string& config_file,
                                     const OnRead& on_read, const FetchBase& fetch);

/// `.devcontainer/devcontainer.json` → `.devcontainer/devcontainer.local.json`.
std::string local_config_of(const std::string& config_file);

}  // namespace fairlead
