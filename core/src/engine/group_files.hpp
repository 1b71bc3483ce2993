#pragma once

#include "engine/workspace.hpp"

#include <stop_token>

namespace fairlead {

/// Compose's own files have to be where it works: on this machine, in a folder that is on the host,
/// or all of them in the folder that has a copy there. Throws Error "host.compose".
void require_group_files(const Workspace& workspace);

/// The same, and a copy is brought up to date, even while somebody follows changes: the files are
/// read there, and may have been saved just before.
void bring_group_files(Core& core, const Workspace& workspace, const std::stop_token& stop);

}  // namespace fairlead
