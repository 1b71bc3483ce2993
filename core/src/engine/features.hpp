#pragma once

#include "engine/workspace.hpp"
#include "features/registry.hpp"
#include "features/resolve.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fairlead {

/// What planning the features of a workspace is asked with.
FeaturesPlanRequest features_request(const Core& core, const Workspace& workspace,
                                     const std::string& additional_features);

/// The Features that a workspace asks for, as it writes them, in its order.
std::vector<std::string> wanted_features(const Core& core, const Workspace& workspace,
                                         const std::string& additional_features);

/// Where the features of a workspace come from: its own folders and, through the cache, registries.
/// What `lockfile`, its text, names comes as it is locked there; empty: nothing is locked. Throws
/// what parse_lockfile throws. `newest`: tags are asked for even when they just were.
std::unique_ptr<FeatureStore> feature_store(Core& core, const Settings& settings,
                                            const FeaturesPlanRequest& request,
                                            const std::string& lockfile, bool newest = false);

/// The reference that `id` is to a registry's feature. Throws Error "features.reference" for a
/// local one or an address, and what parse_feature_reference throws.
FeatureReference registry_feature(const std::string& id);

/// The tags of a repository; none when there is no such one.
std::vector<std::string> tags_or_none(Registry& registry, const OciReference& reference,
                                      std::stop_token stop);

}  // namespace fairlead
