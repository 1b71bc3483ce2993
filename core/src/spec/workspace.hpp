#pragma once

#include <fairlead/config.hpp>

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <optional>
#include <string>

namespace fairlead {

struct WorkspaceOptions {
  std::string local_folder;  ///< absolute; empty: none
  bool mount_git_root = true;
  bool mount_worktree_common_dir = false;
  std::string consistency;
  Mode mode = Mode::fairlead;
  bool own_place = false;  ///< nothing is mounted: the folder is the same inside
};

/// What workspace_paths asks of the host, so that tests need no repository.
struct WorkspaceHost {
  /// The root of the git work tree that holds the folder; nullopt: none.
  std::function<std::optional<std::string>(const std::string& folder)> git_root;
  /// The text of a small file; nullopt: there is none.
  std::function<std::optional<std::string>(const std::string& file)> read;
};

WorkspaceHost local_workspace_host(Mode mode);

/// The mount and the folder before substitution: defaults fill what `config` does not say.
/// CFG-031..038, edge cases 16 to 21. In drop-in mode throws "config.invalid" for a folder that is
/// neither a text nor false, as the reference fails on it.
WorkspacePaths workspace_paths(const nlohmann::ordered_json& config,
                               const WorkspaceOptions& options, const WorkspaceHost& host);

/// As workspace_json(document.workspace), with a `workspaceMount` that is no text as it stands in
/// the configuration: the reference shows it so.
std::string workspace_json(const ConfigDocument& document);

}  // namespace fairlead
