#pragma once

#include "engine/workspace.hpp"
#include "features/resolve.hpp"

#include <string>

namespace fairlead {

/// What happens with devcontainer-lock.json: written where it is not up to date, demanded to be so,
/// or neither read nor written.
enum class LockfileUse { keep, frozen, none };

/// As the setting `lockfile` says. Throws Error "settings.lockfile" for another word.
LockfileUse lockfile_use(const Settings& settings);

/// The text of the lockfile beside the configuration; empty: none, or an empty file.
std::string read_lockfile(const Workspace& workspace);

/// Brings the file up to date with what was resolved: FEAT-058. An equal one is not touched. Beside
/// features that all are local none is made, but for the drop-in, which does as the reference CLI.
/// Throws Error "lockfile.missing" or "lockfile.mismatch" when it is frozen and would change.
void keep_lockfile(const Core& core, const Workspace& workspace, const FeaturesPlanRequest& request,
                   const ResolvedList& features, LockfileUse use);

/// Writes a file that describes the workspace: the copy here and, of a folder on a host, the one
/// there. Throws "file.write", "host.copy".
void write_workspace_file(const Workspace& workspace, const std::string& file,
                          const std::string& text);

}  // namespace fairlead
