#pragma once

#include <fairlead/model/groups.hpp>
#include <fairlead/model/images.hpp>
#include <fairlead/model/instances.hpp>

#include <string>
#include <vector>

/// The files that are laid over the user's. They are JSON, which every YAML reader takes, so that
/// no value needs quoting; `$` is doubled against Compose's variables. Pure functions.
namespace fairlead::compose {

/// What `request` adds to the group's primary service. `version`: of the user's files, for v1.
/// `userns`: how the engine maps ids; empty: as it does. `pulled`: services whose images are not to
/// be pulled again. CMP-005..011, 017, edge case 66. Throws Error(invalid, "config.mount") for a
/// mount option that says nothing.
std::string instance_override(const CreateRequest& request, const std::string& version,
                              const std::string& userns = {},
                              const std::vector<std::string>& pulled = {});

/// What gives the primary service's image another name, and caches to start from.
std::string build_override(const BuildImageRequest& request, const std::string& version);

}  // namespace fairlead::compose
