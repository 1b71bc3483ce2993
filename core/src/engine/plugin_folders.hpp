#pragma once

#include <fairlead/core.hpp>

#include <string>
#include <vector>

namespace fairlead {

/// Where plugins are looked for, in order: the caller's folders, those of the setting
/// `plugin_path`, the user's own, the installation's.
std::vector<std::string> plugin_folders(const Core& core, const Settings& settings);

}  // namespace fairlead
