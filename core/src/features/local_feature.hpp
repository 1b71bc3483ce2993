#pragma once

#include "features/plan.hpp"

#include <string>
#include <utility>

/// Features that lie beside devcontainer.json.
namespace fairlead {

/// Where local features are looked for; both absolute.
struct LocalFeaturePlace {
  std::string config_folder;  ///< of devcontainer.json; references are relative to it (FEAT-032)
  std::string root;           ///< the .devcontainer folder that they must lie below
  bool drop_in = false;       ///< words for what is missing and care with JSON are the reference's
};

/// The features of a project that lie in its own folders; others are refused with
/// "features.remote".
class LocalFeatures : public FeatureStore {
 public:
  explicit LocalFeatures(LocalFeaturePlace place) : place_(std::move(place)) {}
  FeatureSource locate(const FeatureReference& reference) const override;
  DescribedFeature describe(const FeatureReference& reference, std::stop_token stop) override;
  std::string fetch(const DescribedFeature& feature, std::stop_token stop) override;

 private:
  LocalFeaturePlace place_;
};

/// Where the reference points; reads nothing. Throws what `local_feature_folder` throws.
FeatureSource locate_feature(const FeatureReference& reference, const LocalFeaturePlace& place);

/// Reads a local feature's metadata. Throws Error: "features.not_found" (no folder, or no
/// devcontainer-feature.json in it), "features.install_script" (no install.sh),
/// "features.remote" (unsupported) for a feature that is not local.
FetchedFeature read_local_feature(const FeatureReference& reference,
                                  const LocalFeaturePlace& place);

}  // namespace fairlead
