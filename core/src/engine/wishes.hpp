#pragma once

#include "engine/workspace.hpp"

#include <string>
#include <vector>

namespace fairlead {

/// What a workspace wants that reaches beyond its container, one line each, as a person has to read
/// it before allowing it. Values stand in full: what is allowed is exactly what
/// is shown. Touches the file system only to follow links.

/// Of the configuration file alone, before anything has happened: initializeCommand, and what
/// `container_wishes` and `run_arg_wishes` find in it.
std::vector<std::string> configuration_wishes(const Workspace& workspace);

/// Privileged, powerful capabilities, host paths outside the workspace, sockets: of the file, or
/// merged with what image and features ask for.
std::vector<std::string> container_wishes(const ContainerConfig& config,
                                          const WorkspacePaths& paths);

/// The run arguments that are not on the list of harmless ones.
std::vector<std::string> run_arg_wishes(const std::vector<std::string>& words,
                                        const WorkspacePaths& paths);

}  // namespace fairlead
