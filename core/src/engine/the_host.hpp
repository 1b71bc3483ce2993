#pragma once

#include "engine/workspace.hpp"

#include <fairlead/model.hpp>
#include <fairlead/plugins.hpp>

#include <string>

/// Environments that are no container: the host itself.
namespace fairlead {

/// On their instances, so that what works in one knows where it is.
inline constexpr const char* environment_kind_key = "dev.fairlead.environment";

/// Whether the settings name a backend whose environments are the host itself.
bool is_the_host(Core& core, const Settings& settings);
bool is_the_host(const InstanceInfo& instance);

/// Whether such a backend can have environments: not on the user's own machine.
bool may_be_there(const PluginManifest& manifest, const Settings& settings);

/// Throws Error(unsupported, "host.folder") when the workspace is here and the environment is a
/// host.
void require_folder_there(Core& core, const Workspace& workspace, const std::string& backend);

/// What the user is asked before a project gets hold of a host; empty: its environment is no host.
std::string wish_of_host(Core& core, const Workspace& workspace);

/// Where the markers of an instance's lifecycle commands are. `configured`, when not empty, wins; a
/// container has one home folder for one environment, a host one for all.
std::string marker_folder(const InstanceInfo& instance, const std::string& configured);

}  // namespace fairlead
