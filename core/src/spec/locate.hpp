#pragma once

#include "spec/workspace_file.hpp"

#include <fairlead/discovery.hpp>

#include <string>
#include <vector>

namespace fairlead {

/// Which files a command means, before anything is read but directory entries.
struct ConfigLocation {
  std::string workspace_folder;  ///< absolute; empty: none
  std::string config_file;       ///< absolute
  std::string content_file;      ///< `config_file` or the override
  bool explicit_file = false;    ///< named by the user, not found
  WorkspaceFile workspace_file;  ///< its roots (fairlead mode)
};

/// CFG-001..010. Nothing need exist: the caller reports what cannot be read. Throws
/// "config.several" where the user has to choose (fairlead mode).
ConfigLocation locate_config(const ReadOptions& options);

/// `path` seen from where the caller is.
std::string absolute_path(const ReadOptions& options, const std::string& path);

/// The default place that has a file, else the first one.
std::string default_config(const std::string& workspace_folder);

/// The configurations of `folder` and of `roots`.
ConfigChoice choose_config(const std::string& folder, const std::vector<std::string>& roots);

/// What a user is told who has to choose.
Error config_ambiguous(const std::string& folder, const ConfigChoice& choice);

/// "Dev container config (<path>) not found." with a hint at what could be meant.
Error config_not_found(const ConfigLocation& location);

}  // namespace fairlead
