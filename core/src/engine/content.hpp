#pragma once

#include "engine/workspace.hpp"

namespace fairlead {

/// Whether the workspace's folder itself is mounted, as the setting `content` and the backend's
/// abilities have it; otherwise its content is copied.
bool binds_content(const Settings& settings, const Capabilities& capabilities);

/// How the workspace gets into an instance: the mount that the configuration asks for or, where a
/// bind is not to be or cannot be, a named volume of its own, and without volumes a folder of the
/// instance.
void add_workspace(const Workspace& workspace, const Capabilities& capabilities,
                   CreateRequest& create);

/// Copies the workspace's content into that volume or folder, once, and gives it to the remote
/// user: a marker there, written last, says that it is complete, so that a copy that was
/// interrupted is made again. Does nothing for an instance without one. `instance` is detailed and
/// running.
void copy_content(Core& core, const Workspace& workspace, Backend& backend,
                  const InstanceInfo& instance, std::stop_token stop);

}  // namespace fairlead
