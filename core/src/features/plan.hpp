#pragma once

#include "features/metadata.hpp"
#include "features/resolve.hpp"

#include <fairlead/model.hpp>

#include <functional>
#include <set>
#include <stop_token>
#include <string>

namespace fairlead {

/// A feature whose files are on this machine.
struct FetchedFeature {
  FeatureSource source;
  std::string folder;
  FeatureMetadata metadata;
};

/// The features that a request is about, and in which order they are to be installed.
ResolveRequest resolve_request(const FeaturesPlanRequest& request);

/// Ids that only the command line asked for: they stay out of lockfiles (FEAT-058).
std::set<std::string> additional_only(const FeaturesPlanRequest& request);

struct FetchedList {
  ResolvedList features;  ///< with what only the files say of some
  std::vector<std::string> folders;
};

/// Gets the files of features in install order, several at once. Throws Error: what `store` throws.
FetchedList fetch_features(FeatureStore& store, ResolvedList ordered, std::stop_token stop);

/// Resolves the features of `request`, follows dependsOn (FEAT-040), puts them in install order and
/// gets their files, several at once; `on_resolved` may look at them before any file is fetched.
/// Blocking as far as `store` is. Throws Error: what `store` throws with a note of who asked,
/// "features.syntax" when "features" or overrideFeatureInstallOrder have the wrong type, and what
/// `resolve_options`, `install_order` and `on_resolved` throw.
FeaturesPlanReply plan_features(const FeaturesPlanRequest& request, FeatureStore& store,
                                const std::function<void(const ResolvedList&)>& on_resolved,
                                std::stop_token stop);

}  // namespace fairlead
