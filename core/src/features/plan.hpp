#pragma once

#include "features/metadata.hpp"
#include "features/order.hpp"

#include <fairlead/model.hpp>

#include <functional>
#include <string>

namespace fairlead {

/// A feature whose files are on this machine.
struct FetchedFeature {
  FeatureSource source;
  std::string folder;
  FeatureMetadata metadata;
};

/// Gets what a reference names; throws Error when it cannot.
using FeatureFetcher = std::function<FetchedFeature(const FeatureReference&)>;

/// Where a reference points, without getting it: what installsAfter and overrides are compared by.
/// Throws Error when the reference is malformed.
using FeatureLocator = std::function<FeatureSource(const FeatureReference&)>;

/// Resolves the features of `request`, follows dependsOn (FEAT-040), and puts them in install
/// order. Blocking as far as `fetch` is; calls `fetch` once per mention of a feature. Throws Error:
/// what `fetch` throws with a note of who asked, "features.syntax" when "features" or
/// overrideFeatureInstallOrder have the wrong type, and what `resolve_options` and `install_order`
/// throw.
FeaturesPlanReply plan_features(const FeaturesPlanRequest& request, const FeatureFetcher& fetch,
                                const FeatureLocator& locate);

}  // namespace fairlead
