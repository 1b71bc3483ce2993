#pragma once

#include "engine/group.hpp"

#include <stop_token>

namespace fairlead {

/// Before a group of services is built and made on a host: images of the services that are started,
/// and those that their Dockerfiles begin with, whose registry this machine's user has credentials
/// for are pulled by the engine's API, which takes those with the request. Compose, which runs
/// there, would have to find them on the host, where they are never stored. A service's
/// `pull_policy` and `platform` count as they do for Compose, `arch` is the engine's own. What a
/// stage copies from another image is not known here, and `pull: true` of a build stays Compose's.
/// What cannot be pulled is left to Compose, which says why. Does nothing on this machine.
///
/// `anew`: what builds begin with is wanted as the registries have it now. Where one of them wants
/// credentials all are pulled here, those that are for everybody, too: Compose can pull all or
/// none. Returns whether that was done, so that Compose is not to pull anything for a build.
bool pull_for_group(Core& core, const Workspace& workspace, const ServiceGroup& services,
                    Backend& backend, const std::string& arch, bool anew,
                    const std::stop_token& stop);

}  // namespace fairlead
