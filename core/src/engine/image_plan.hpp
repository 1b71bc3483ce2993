#pragma once

#include "engine/group.hpp"
#include "engine/image.hpp"

#include <memory>

namespace fairlead {

/// The label that carries a dev container's metadata (IMG-001).
inline constexpr const char* metadata_key = "devcontainer.metadata";

/// On images that we build by our own name: the workspace's folder, so that `prune` knows them. The
/// drop-in adds no label that the reference does not have.
inline constexpr const char* workspace_key = "dev.fairlead.workspace";

/// What every step of making an image needs.
struct ImageContext {
  Core& core;
  const Workspace& workspace;
  const BuildOptions& options;
  Backend& backend;
  ProbeReply probe;
  std::stop_token stop;
  bool metadata_only = false;           ///< nothing is made: a registry's word about an image will
                                        ///< do, the lockfile is left alone
  const ServiceGroup* group = nullptr;  ///< the image is that of its primary service
};

/// What is extended: an image, or what the user's Dockerfile makes.
struct Base {
  std::string image;              ///< the image configuration's own; empty with a Dockerfile
  std::optional<ImageInfo> info;  ///< of the image, or of the one that the Dockerfile starts from
  std::string user;               ///< USER at its end; empty: root
  BuildImageRequest build;        ///< the Dockerfile's
};

/// Steps 7 and 8 up to the point where something would be made.
struct Plan {
  Base base;
  std::unique_ptr<FeatureInstaller> installer;
  std::vector<PlannedFeature> features;
  std::vector<MetadataEntry> entries;
};

/// Reads the base image's metadata (making the images of services, pulling the image when it is
/// missing) and plans the features. Throws "image.not_found", "dockerfile.not_found", and what the
/// feature installer says.
Plan plan_image(const ImageContext& context);

/// The installer that the settings name; the built-in one plans for layers and for in place alike.
std::unique_ptr<FeatureInstaller> feature_installer(const ImageContext& context);

/// The features in install order, as `installer` resolves them; it keeps their folders.
std::vector<PlannedFeature> planned_features(const ImageContext& context,
                                             FeatureInstaller& installer);

/// IMG-031: what its registry says of an image for the platform of the build; nothing when it does
/// not say.
std::optional<ImageInfo> published_image(const ImageContext& context, const std::string& image);

}  // namespace fairlead
