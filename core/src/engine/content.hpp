#pragma once

#include "engine/workspace.hpp"

namespace fairlead {

/// How the workspace gets into an instance: the live bind that the configuration asks for or, where
/// the backend has no live binds and the mount is the default one, a named volume of its own.
/// Throws "backend.capability" when the configuration's own workspaceMount cannot be had.
Mount workspace_mount(const Workspace& workspace, const Capabilities& capabilities);

/// Copies the workspace's content into that volume, once: a marker in the volume, written last,
/// says that it is complete, so that a copy that was interrupted is made again. Does nothing for an
/// instance without the volume. `instance` is detailed and running.
void copy_content(Core& core, const Workspace& workspace, Backend& backend,
                  const InstanceInfo& instance, std::stop_token stop);

}  // namespace fairlead
