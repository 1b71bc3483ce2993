#pragma once

#include <fairlead/unique_fd.hpp>

#include <filesystem>
#include <string>

namespace bubblewrap {

/// Opens `path` as a process sees it whose root `root` is: links in it, absolute ones too, lead
/// nowhere else. Empty: it cannot be opened, as errno says.
fairlead::UniqueFd open_inside(const std::filesystem::path& root, const std::string& path,
                               int flags);

/// The content of a regular file there; "" for anything else.
std::string content_inside(const std::filesystem::path& root, const std::string& path);

/// Connects to the Unix socket there. Throws unavailable ("host.connect").
fairlead::UniqueFd connected_inside(const std::filesystem::path& root, const std::string& path);

}  // namespace bubblewrap
