#pragma once

#include <fairlead/core.hpp>

#include <stop_token>
#include <string>

/// What authors of Features and Templates do with a collection of them. Every function blocks, may
/// run on any thread, and ends with Error(cancelled) soon after its stop token is requested.
namespace fairlead {

enum class ArtifactKind { feature, dev_template };

struct PackageRequest {
  ArtifactKind kind = ArtifactKind::feature;
  std::string target;         ///< a folder of artifacts, or one of them
  std::string output_folder;  ///< made; one that is there is an error unless `replace_output`
  bool replace_output = false;
};

/// Writes an archive of each and devcontainer-collection.json. DIST-001..005. Throws Error:
/// "collection.output" (the output folder is there), "collection.target", "collection.incomplete",
/// "collection.empty".
void package_artifacts(Core& core, const PackageRequest& request, std::stop_token stop);

struct PublishRequest {
  ArtifactKind kind = ArtifactKind::feature;
  std::string target;
  std::string registry;
  std::string space;  ///< "<owner>/<repo>"
};

/// Packages and uploads what the registry does not have yet, and the collection's metadata. Returns
/// what was published by id, as the reference CLI prints it, compact JSON. DIST-006..014, TMPL-013.
/// Throws what packaging throws, and Errors "registry.*".
std::string publish_artifacts(Core& core, const PublishRequest& request, std::stop_token stop);

struct DocumentationRequest {
  ArtifactKind kind = ArtifactKind::feature;
  std::string folder;  ///< with the sources
  std::string registry;
  std::string space;
  std::string github_owner;
  std::string github_repository;
};

/// Writes README.md beside each artifact's metadata. DIST-024. Throws Error "collection.target".
void generate_documentation(Core& core, const DocumentationRequest& request);

}  // namespace fairlead
