#pragma once

#include "files.hpp"

#include <fairlead/model/common.hpp>
#include <fairlead/model/groups.hpp>

#include <optional>
#include <string>
#include <vector>

namespace fairlead::compose {

/// The files that Compose is told of.
struct Inputs {
  std::vector<std::string> files;  ///< absolute
  std::string env_file;            ///< for --env-file; empty: none is named

  /// "-f FILE" for each, then "--env-file FILE".
  std::vector<std::string> words() const;
};

/// The group's own files; without any those of COMPOSE_FILE, of the same in the workspace's .env,
/// or the usual names in the workspace's folder, as the reference looks for them. CFG-028, CMP-001.
Inputs inputs_of(const Group& group, const Environment& environment, const Files& files);

/// Of this machine. Absent: there is no such file.
std::optional<std::string> read_text(const std::string& path);

/// `path` seen from `folder`, without "." and "..".
std::string resolved_path(const std::string& folder, const std::string& path);
std::string parent_of(const std::string& path);

}  // namespace fairlead::compose
