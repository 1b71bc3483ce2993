#pragma once

#include <fairlead/plugins.hpp>

#include <string>

namespace fairlead {

/// Reads one x.plugin.toml. The library is the one that it names, relative to its own folder, or
/// x.so beside it. Unknown keys are ignored: manifests of newer plugins must be listable.
/// Throws Error(invalid, "plugin.manifest") with file, line and column, or what read_file throws.
PluginManifest read_manifest(const std::string& path);

}  // namespace fairlead
