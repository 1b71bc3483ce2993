#pragma once

#include <fairlead/plugins.hpp>

#include <string>
#include <vector>

namespace fairlead {

/// Reads the manifests of all folders, in order, within a folder by file name. Runs no plugin code.
/// What cannot be used is listed with the reason; a plugin whose id was found before is refused and
/// both files are named in a warning.
std::vector<PluginEntry> find_plugins(const std::vector<std::string>& folders, const Log& log);

/// Why `path` could be changed by somebody other than us, root or our own group; "" when it cannot.
std::string writable_by_others(const std::string& path);

}  // namespace fairlead
