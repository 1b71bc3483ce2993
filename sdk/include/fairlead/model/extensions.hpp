#pragma once

#include <fairlead/model/common.hpp>
#include <fairlead/model/images.hpp>

#include <map>
#include <string>
#include <vector>

/// Features and ports.
namespace fairlead {

/// One feature, resolved and fetched, in install order.
struct PlannedFeature {
  std::string id;            ///< as the user wrote it
  std::string folder;        ///< its unpacked content on the user's machine
  std::string metadata;      ///< devcontainer-feature.json, JSON text without comments
  std::string user_options;  ///< what the user or the dependent feature gave, JSON text
  std::map<std::string, std::string> options;  ///< name to value, defaults filled in
};

struct FeaturesPlanRequest {
  std::string config;               ///< the configuration, JSON text
  std::string config_folder;        ///< absolute; local features are relative to it
  std::string workspace_folder;     ///< its .devcontainer holds all local features; empty: derived
  std::string additional_features;  ///< JSON object; the configuration wins on the same id
  bool drop_in = false;             ///< the reference CLI's answers where they differ
};

struct FeaturesPlanReply {
  std::vector<PlannedFeature> features;
  std::vector<std::string> warnings;  ///< deprecated, renamed, option values out of range
};

/// Turns a base image, or the image of the user's Dockerfile, into one with the features as layers.
struct FeaturesInstallRequest {
  std::vector<PlannedFeature> features;
  std::string staging_folder;  ///< empty folder of the caller's, absolute; kept until built
  std::string base_image;      ///< without a Dockerfile: the image to extend
  std::string base_image_id;   ///< goes into the content hash; empty: unknown

  /// The build as it would be without features: Dockerfile, context, target, arguments, options,
  /// tags and the rest. An empty `dockerfile` means that `base_image` is extended.
  BuildImageRequest build;

  std::string image_user;      ///< USER of the image to extend, restored at the end; empty: root
  std::string container_user;  ///< empty: `image_user`
  std::string remote_user;     ///< empty: `container_user`
  std::string metadata;        ///< text of the label devcontainer.metadata; empty: no label
  Environment container_env;   ///< the configuration's, for ENV

  bool buildkit = false;               ///< RUN --mount can be used
  bool named_contexts = false;         ///< `contexts` can be used without a syntax directive
  bool omit_syntax_directive = false;  ///< drop the Dockerfile's own `# syntax=`
};

struct FeaturesInstallReply {
  std::vector<BuildImageRequest> builds;  ///< to run in order; none: the image is fine as it is
  std::string content_hash;               ///< SHA-256 over all that we put in, lower-case hex
};

struct PortsDetectRequest {
  std::string id;
};

struct DetectedPort {
  std::string address;
  int port = 0;
  std::string command;
};

/// A forward lasts as long as its call; cancelling ends it.
struct PortsForwardRequest {
  std::string id;
  std::string host = "127.0.0.1";
  int port = 0;
  std::string local_address = "127.0.0.1";
  int local_port = 0;  ///< 0: any free one, reported by Event{started}
};

}  // namespace fairlead
