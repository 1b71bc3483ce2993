#pragma once

#include <fairlead/model.hpp>

#include <map>
#include <string>

/// The instructions that turn an image into one with features: stage, feature layers, user, label,
/// environment. Pure. The names of stages and arguments are those of the reference CLI, so that
/// either program's images and caches serve the other.
namespace fairlead {

inline constexpr const char* base_image_argument = "_DEV_CONTAINERS_BASE_IMAGE";
inline constexpr const char* image_user_argument = "_DEV_CONTAINERS_IMAGE_USER";
inline constexpr const char* target_stage = "dev_containers_target_stage";
inline constexpr const char* content_stage = "dev_containers_feature_content_source";

/// Where the staged content is found while building.
enum class ContentSource {
  context,        ///< it is the build context
  named_context,  ///< it is the named context `content_stage`
  image,          ///< it is in an image built before, below /tmp/build-features
};

struct LayerOptions {
  ContentSource source = ContentSource::context;
  std::string content_image;  ///< for ContentSource::image
  bool buildkit = false;      ///< RUN --mount; else COPY, which leaves the content in a layer
  char escape = '\\';
};

struct Layers {
  std::string text;                         ///< begins and ends with a line of its own
  std::map<std::string, std::string> args;  ///< build arguments that the text needs
};

/// The stages behind the base image's for a request with features. FEAT-017, 018, 019, 022;
/// BLD-009, BLD-014; IMG-035. Throws Error "features.env_name" for a containerEnv of a feature that
/// ENV cannot set.
Layers feature_layers(const FeaturesInstallRequest& request, const LayerOptions& options);

/// The stage for a request without features, which only adds the label. IMG-034.
Layers label_layer(const FeaturesInstallRequest& request, char escape);

/// The Dockerfile of the image that carries the content for ContentSource::image.
std::string content_image_dockerfile();

}  // namespace fairlead
