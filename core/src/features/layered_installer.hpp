#pragma once

#include <fairlead/backend.hpp>

namespace fairlead {

/// The built-in feature installer: local features, each a layer of the image.
///
/// `plan` reads devcontainer-feature.json files and starts nothing; `install` writes below the
/// request's staging folder and leaves the building to the caller. Both may be called from any
/// thread. Of the options only `stop` and `on_event` (warnings of `plan`) are used.
class LayeredFeatureInstaller : public FeatureInstaller {
 public:
  /// Throws Error: "features.remote" (unsupported) for a feature that is not local, and what
  /// plan_features and read_local_feature throw.
  FeaturesPlanReply plan(const FeaturesPlanRequest& request, CallOptions options) override;

  /// Without features a Dockerfile still gets a stage with the label (IMG-034), and an image
  /// configuration needs no build at all (IMG-033). Equal requests give equal bytes and the same
  /// content hash, whatever the staging folder is called.
  /// Throws Error: "features.no_base" when the request names neither image nor Dockerfile,
  /// "features.staging", "dockerfile.no_from", what reading the Dockerfile throws.
  FeaturesInstallReply install(const FeaturesInstallRequest& request, CallOptions options) override;
};

}  // namespace fairlead
