#pragma once

#include "spec/ignore_rules.hpp"

#include <fairlead/model.hpp>

#include <cstdint>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace fairlead {

/// What of a folder is synchronised.
struct SyncFiles {
  IgnoreRules rules;
  std::vector<std::string> folders;  ///< relative to the root, without it; parents first
  std::set<std::string> files;       ///< and links
};

/// Whether a rule leaves `path` out, or what is above it.
bool is_left_out(const IgnoreRules& rules, const std::string& path);

/// Reads .gitignore files and .fairleadignore, asks git, where there is one, for its global rules
/// and for tracked files that match one, and walks the folder. Devices, sockets and pipes are left
/// out. Throws Error "sync.read" for a folder that cannot be read.
SyncFiles list_sync_files(const Environment& environment, const std::string& root,
                          const std::stop_token& stop);

}  // namespace fairlead
