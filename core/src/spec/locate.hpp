#pragma once

#include <fairlead/config.hpp>

#include <string>

namespace fairlead {

/// Which files a command means, before anything is read but directory entries.
struct ConfigLocation {
  std::string workspace_folder;  ///< absolute; empty: none
  std::string config_file;       ///< absolute
  std::string content_file;      ///< `config_file` or the override
  bool explicit_file = false;    ///< named by the user, not found
};

/// CFG-001..010. Nothing need exist: the caller reports what cannot be read.
ConfigLocation locate_config(const ReadOptions& options);

/// "Dev container config (<path>) not found." with a hint at what could be meant.
Error config_not_found(const ConfigLocation& location);

}  // namespace fairlead
