#pragma once

#include <fairlead/core.hpp>

#include <optional>
#include <stop_token>
#include <string>

namespace fairlead {

/// A file or folder of some machine.
struct HostPath {
  std::string host;  ///< "ssh://me@box"; empty: this machine
  std::string path;  ///< absolute; without "/", "." or ".." at its end
};

/// "ssh://me@box/some/path"; nullopt: the text is no address. "." and ".." in the path are resolved
/// by its words alone. Throws Error "host.folder" when no path is left.
std::optional<HostPath> parse_host_path(const std::string& text);

/// Copies a file or folder from one machine to another, as one compressed stream: permissions,
/// links and times (to the second) are kept, and it belongs to whoever copies. Into `to` where that
/// is a folder, else under that name. It is complete or not there; a file that was there is
/// replaced. Blocks; one call at a time for each `core`. Throws Error "host.path_not_found",
/// "host.path_taken" (a folder of that name is there), "host.copy", and what the hosts throw.
void copy_between_hosts(Core& core, const HostPath& from, const HostPath& to, std::stop_token stop);

}  // namespace fairlead
