#pragma once

#include "features/collection.hpp"
#include "features/registry.hpp"

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

/// Packaged artifacts on their way into a registry. DIST-006..014.
namespace fairlead {

/// What became of one artifact under one name.
struct Published {
  std::vector<std::string> tags;  ///< empty: the version was there already
  std::string digest;
};

/// Uploads `content`, an archive, as the version of `repository` that `metadata` describes, under
/// all tags that it tops. Throws Error "publish.version" for a version that is no semantic one,
/// "registry.*".
Published publish_artifact(Registry& registry, const OciReference& repository,
                           const PackagedArtifact& artifact, ArtifactKind kind,
                           const std::string& content, const Log& log, std::stop_token stop);

/// Uploads the collection's metadata as `latest` of `repository`; its digest.
std::string publish_collection(Registry& registry, const OciReference& repository,
                               const std::string& content, std::stop_token stop);

}  // namespace fairlead
