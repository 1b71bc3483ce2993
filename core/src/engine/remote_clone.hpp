#pragma once

#include "engine/remote_folder.hpp"
#include "spec/git_place.hpp"

#include <optional>
#include <stop_token>

namespace fairlead {

/// Where on the host that the settings name a repository is cloned to; nullopt: it is cloned here,
/// because the host is this machine or the settings want a copy of it in a volume. Asks the host
/// who the account is.
std::optional<RemotePlace> place_of_clone_there(Core& core, const GitPlace& place,
                                                const std::stop_token& stop);

/// Whether a folder of a host is such a clone. Pure.
bool is_clone_there(const RemotePlace& place);

/// Clones there, by the host's git, unless that was done before: complete, or not there.
/// Credentials of the address reach git alone and stay nowhere. Throws Error "git.missing",
/// "git.clone", "git.ref".
void clone_there(Core& core, const GitPlace& place, const RemotePlace& target,
                 const std::stop_token& stop);

}  // namespace fairlead
