#pragma once

#include <fairlead/backend.hpp>

#include <string>

namespace fairlead {

/// What the user's docker configuration says of the registry that `image` comes from, added to
/// `options` as a descriptor that holds {"username","password","identitytoken"}: credHelpers, then
/// credsStore, then auths. None: an empty reference. A helper that fails counts as none; its secret
/// never reaches a command line or a log.
FdRef pass_registry_credentials(CallOptions& options, const Environment& environment,
                                const std::string& image);

/// The registry's key in docker's config.json; Docker Hub's is a URL for historical reasons.
std::string registry_of(const std::string& image);

}  // namespace fairlead
