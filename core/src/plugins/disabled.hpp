#pragma once

#include <fairlead/plugins.hpp>

#include <string>
#include <vector>

namespace fairlead {

/// The file of a folder of plugins that lists, an id a line, what is disabled wherever it stands.
inline constexpr const char* disabled_list = "disabled";

/// The ids that the list of `folder` has; none: there is no list, or others may write the folder.
std::vector<std::string> disabled_in(const std::string& folder);

/// `entries` with those refused that a list in one of `folders` disables.
std::vector<PluginEntry> without_disabled(std::vector<PluginEntry> entries,
                                          const std::vector<std::string>& folders);

}  // namespace fairlead
