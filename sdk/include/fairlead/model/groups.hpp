#pragma once

#include <optional>
#include <string>
#include <vector>

/// Groups of services that files of the user's describe (`dockerComposeFile` of a configuration).
namespace fairlead {

/// Which group, and what of it a workspace uses. Passed along with every request that is about the
/// group and not about one instance of it.
struct Group {
  std::vector<std::string> files;         ///< in order, absolute; empty: the backend's own defaults
  std::string folder;                     ///< the workspace's, absolute
  std::string service;                    ///< the one that the user connects to
  std::vector<std::string> run_services;  ///< to be started beside it; empty: all
  std::string project;       ///< the group's name; empty: as files, variables and folder say
  std::string state_folder;  ///< of this workspace alone, for files that instances refer to
  std::string cache_folder;  ///< for what can be found out again
};

}  // namespace fairlead
