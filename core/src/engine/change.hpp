#pragma once

#include "engine/workspace.hpp"

#include <fairlead/model.hpp>

#include <string>
#include <vector>

namespace fairlead {

/// On instances that were made by our own name: what `configuration_record` said then. The drop-in
/// adds no label that the reference does not have.
inline constexpr const char* configuration_key = "dev.fairlead.configuration";

/// Of each property that takes effect only in a new instance, and of the Dockerfile, a short hash:
/// "image=0123456789ab mounts=…". Of the text as written, so that another value of ${localEnv:…} is
/// no change. VSC-003.
std::string configuration_record(const Workspace& workspace);

/// How the configuration differs from the one that the instance was made from.
struct ConfigurationChange {
  std::vector<std::string> properties;  ///< "image", "Dockerfile"; sorted
  /// There is nothing to compare with (another tool made it), but the file is younger than it.
  bool newer_file = false;

  bool any() const { return newer_file || !properties.empty(); }
  /// "image, mounts", or that the file is newer; for people.
  std::string text() const;
};

ConfigurationChange configuration_change(const Workspace& workspace, const InstanceInfo& instance);

}  // namespace fairlead
