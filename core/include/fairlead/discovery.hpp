#pragma once

#include <fairlead/config.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// Which configurations there are, before one is read. Only directory entries and, when it is the
/// workspace, a .code-workspace file are looked at. Any thread.
namespace fairlead {

/// A configuration that a workspace offers.
struct ConfigCandidate {
  std::string config_file;  ///< absolute
  /// What it is the configuration of: the folder, or a root of the .code-workspace file. Absolute.
  std::string workspace_folder;
};

struct ConfigChoice {
  std::vector<ConfigCandidate> candidates;
  /// The one that is used when the user names none: in a default place, or the only one. Absent:
  /// there is none, or the user has to choose.
  std::optional<std::size_t> usual;
};

/// The configurations of `options.workspace_folder`, in the order of the specification: the two
/// default places, then `.devcontainer/<name>/devcontainer.json` by name; of a .code-workspace
/// file those of its folder, then those of its roots. `usual` is as Mode::fairlead decides;
/// drop-in mode knows the default places only. CFG-001..005, CFG-010.
/// Throws "config.syntax" or "config.not_an_object" for a .code-workspace file that is none.
ConfigChoice find_configs(const ReadOptions& options);

/// The roots of a .code-workspace file that the workspace's own mount does not cover, as docker
/// `--mount` texts; none where the workspace is not mounted, and none in drop-in mode. `paths` are
/// those of the configuration that was read with `options`. Each root has a target of its own.
std::vector<std::string> root_mounts(const ReadOptions& options, const WorkspacePaths& paths);

}  // namespace fairlead
