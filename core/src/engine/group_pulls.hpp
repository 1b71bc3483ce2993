#pragma once

#include "engine/group.hpp"

#include <stop_token>

namespace fairlead {

/// Before a group of services is made on a host: images of its services (of those in
/// `runServices` and the primary one, where it names any) whose registry this machine's user has
/// credentials for are pulled by the engine's API, which takes those with the request. Compose,
/// which runs there, would have to find them on the host, where they are never stored. Images that
/// are there stay as they are; what cannot be pulled is left to Compose, which says why. What a
/// service says of profiles, its platform or its `pull_policy` is not known here. Does nothing on
/// this machine.
void pull_for_group(Core& core, const Workspace& workspace, const ServiceGroup& services,
                    Backend& backend, const std::stop_token& stop);

}  // namespace fairlead
