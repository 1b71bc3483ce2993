#pragma once

#include <fairlead/error.hpp>

#include <string>
#include <utility>
#include <vector>

namespace fairlead {

/// What a .code-workspace file says about folders.
struct WorkspaceFile {
  std::vector<std::string> roots;  ///< absolute, each once, only those that exist; none: no list
  std::vector<std::pair<std::string, SourceLocation>> warnings;  ///< about the others
};

/// Whether `path` is a .code-workspace file and not a folder of that name.
bool is_workspace_file(const std::string& path);

/// Reads `file` (absolute). Relative roots start at its folder, `file:` URIs are roots too, other
/// URIs are elsewhere and no roots. A file that is not there has none. Throws "config.syntax",
/// "config.read".
WorkspaceFile read_workspace_file(const std::string& file);

}  // namespace fairlead
