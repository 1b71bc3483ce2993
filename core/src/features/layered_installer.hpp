#pragma once

#include "features/resolve.hpp"

#include <fairlead/backend.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace fairlead {

/// The built-in feature installer: each feature a layer of the image.
///
/// `plan` reads devcontainer-feature.json files and starts nothing; `install` writes below the
/// request's staging folder and leaves the building to the caller. Both may be called from any
/// thread. Of the options only `stop` and `on_event` (warnings of `plan`) are used.
class LayeredFeatureInstaller : public FeatureInstaller {
 public:
  /// Where the features of a request come from; asked once per `plan`.
  using StoreFactory = std::function<std::unique_ptr<FeatureStore>(const FeaturesPlanRequest&)>;

  /// Looks at what `plan` found before any file is fetched; may throw.
  using ResolvedObserver = std::function<void(const FeaturesPlanRequest&, const ResolvedList&)>;

  explicit LayeredFeatureInstaller(StoreFactory open_store, ResolvedObserver on_resolved = {})
      : open_store_(std::move(open_store)), on_resolved_(std::move(on_resolved)) {}

  /// The planned folders are kept as long as this object lives. Throws Error: what plan_features
  /// and the store throw.
  FeaturesPlanReply plan(const FeaturesPlanRequest& request, CallOptions options) override;

  /// Without features a Dockerfile still gets a stage with the label (IMG-034), and an image
  /// configuration needs no build at all (IMG-033). Equal requests give equal bytes and the same
  /// content hash, whatever the staging folder is called. Asked again for another builder, what it
  /// has prepared in the folder stays as it is.
  /// Throws Error: "features.no_base" when the request names neither image nor Dockerfile,
  /// "features.staging", "dockerfile.no_from", what reading the Dockerfile throws.
  FeaturesInstallReply install(const FeaturesInstallRequest& request, CallOptions options) override;

 private:
  std::string stage(const FeaturesInstallRequest& request, std::stop_token stop);

  StoreFactory open_store_;
  ResolvedObserver on_resolved_;
  std::unique_ptr<FeatureStore> store_;
  std::mutex mutex_;
  std::string staged_key_;  ///< what the content that was prepared last was made from
  std::string staged_digest_;
};

}  // namespace fairlead
