#pragma once

#include "features/plan.hpp"

#include <string>

/// Features that lie beside devcontainer.json.
namespace fairlead {

/// Where local features are looked for; both absolute.
struct LocalFeaturePlace {
  std::string config_folder;  ///< of devcontainer.json; references are relative to it (FEAT-032)
  std::string root;           ///< the .devcontainer folder that they must lie below
};

/// Where the reference points; reads nothing. Throws what `local_feature_folder` throws.
FeatureSource locate_feature(const FeatureReference& reference, const LocalFeaturePlace& place);

/// Reads a local feature's metadata. Throws Error: "features.not_found" (no folder, or no
/// devcontainer-feature.json in it), "features.install_script" (no install.sh),
/// "features.remote" (unsupported) for a feature that is not local.
FetchedFeature read_local_feature(const FeatureReference& reference,
                                  const LocalFeaturePlace& place);

}  // namespace fairlead
