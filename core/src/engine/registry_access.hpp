#pragma once

#include "features/registry.hpp"

#include <fairlead/core.hpp>

#include <chrono>

namespace fairlead {

/// How a caller with these settings reaches registries: the settings `offline`, `registry_mirrors`
/// and `registry_auth_hosts`, the caller's variables and the user's cache folder. In drop-in mode
/// any token server is trusted, unless `CoreOptions::auth_hardening`.
RegistryOptions registry_options(const Core& core, const Settings& settings);

/// The setting `registry_tag_lifetime`; in drop-in mode nothing unless somebody set it.
std::chrono::seconds tag_lifetime(const Core& core, const Settings& settings);

/// Runs credential helpers on this machine with the caller's variables; each has half a minute.
CredentialHelper credential_helper(const Environment& environment);

/// The folder of the cache that all projects of this user share.
std::filesystem::path content_cache_folder(const Core& core);

}  // namespace fairlead
