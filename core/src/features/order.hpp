#pragma once

#include "features/reference.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

/// In which order features are installed: FEAT-030..048. Pure: whoever builds the nodes has fetched
/// what they are made from.
namespace fairlead {

/// Where a feature comes from, options apart.
struct FeatureSource {
  FeatureReference reference;
  std::string location;              ///< local: absolute folder; tarball: URL; OCI: unused
  std::string digest;                ///< OCI: of the manifest
  std::vector<std::string> aliases;  ///< OCI: current and legacy names; empty: the name alone
};

/// A feature with the options as somebody gave them: text, boolean or object.
struct FeatureRequest {
  FeatureSource source;
  std::shared_ptr<const nlohmann::ordered_json> options;
};

struct FeatureNode {
  FeatureRequest self;
  std::vector<FeatureRequest> depends_on;     ///< hard: must be there, with these options
  std::vector<FeatureSource> installs_after;  ///< soft: only if it is among the nodes
};

/// The reference CLI sorts equal priorities partly against the specification: tags as text and
/// fewest options first. `specification` has versions oldest first, most options first.
enum class FeatureSorting { specification, reference_cli };

/// Below, at or above 0 as `a` comes before, is the same as or comes behind `b` within a round.
/// FEAT-042..047.
int compare_features(const FeatureRequest& a, const FeatureRequest& b, FeatureSorting sorting);

bool same_feature(const FeatureRequest& a, const FeatureRequest& b,
                  FeatureSorting sorting = FeatureSorting::specification);

/// Whether `named`, an entry of installsAfter or overrideFeatureInstallOrder, means `feature`:
/// under any of its names, whatever its version (FEAT-035, FEAT-048).
bool names_feature(const FeatureSource& named, const FeatureSource& feature);

/// Entry i of n gives n-i to the features that it means, the first that matches counts; 0: none
/// (FEAT-037).
std::size_t override_priority(const FeatureSource& feature,
                              const std::vector<FeatureSource>& overrides);

/// The positions of `nodes` in install order. `nodes` are distinct and hold every hard dependency;
/// `overrides` is overrideFeatureInstallOrder, the first with the highest priority; what it names
/// beyond the nodes is ignored (FEAT-039).
/// Throws Error(invalid, "features.cycle") that names one circle of features waiting for each
/// other.
std::vector<std::size_t> install_order(const std::vector<FeatureNode>& nodes,
                                       const std::vector<FeatureSource>& overrides,
                                       FeatureSorting sorting);

}  // namespace fairlead
