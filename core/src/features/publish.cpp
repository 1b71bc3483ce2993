#include "features/publish.hpp"

#include "base/sha256.hpp"
#include "features/semver.hpp"

#include <fairlead/error.hpp>

#include <algorithm>

namespace fairlead {
namespace {

constexpr std::string_view config_content = "{}";
constexpr const char* title_annotation = "org.opencontainers.image.title";
constexpr const char* package_type_annotation = "com.github.package.type";
constexpr const char* github_registry = "ghcr.io";

std::string digest_of(std::string_view content) { return "sha256:" + sha256_hex(content); }

OciManifest manifest_of(std::string_view content, const std::string& layer_type,
                        const std::string& title) {
  OciManifest manifest;
  manifest.media_type = oci_manifest_type;
  manifest.config = {.media_type = devcontainer_config_type,
                     .digest = digest_of(config_content),
                     .size = config_content.size(),
                     .annotations = {}};
  manifest.layers = {{.media_type = layer_type,
                      .digest = digest_of(content),
                      .size = content.size(),
                      .annotations = {{title_annotation, title}}}};
  return manifest;
}

std::string push(Registry& registry, const OciReference& repository, const OciManifest& manifest,
                 std::string_view content, const std::vector<std::string>& tags,
                 const std::stop_token& stop) {
  const std::string bytes = write_oci_manifest(manifest);
  OciReference there = repository;
  there.digest = digest_of(bytes);
  if (!registry.find_manifest(there, stop)) {
    registry.push_blob(repository, config_content, stop);
    registry.push_blob(repository, content, stop);
  }
  for (const std::string& tag : tags) registry.push_manifest(repository, tag, bytes, stop);
  return there.digest;
}

std::vector<std::string> published_tags(Registry& registry, const OciReference& repository,
                                        const std::stop_token& stop) {
  try {
    return registry.tags(repository, stop);
  } catch (const Error& error) {
    if (error.code() != "registry.not_found") throw;
    return {};
  }
}

std::string list(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

}  // namespace

Published publish_artifact(Registry& registry, const OciReference& repository,
                           const PackagedArtifact& artifact, ArtifactKind kind,
                           const std::string& content, const Log& log, std::stop_token stop) {
  log.text(LogLevel::info, "Fetching published versions...");
  const auto there = published_tags(registry, repository, stop);
  const std::string& version = artifact.version;
  if (std::find(there.begin(), there.end(), version) != there.end()) {
    log.text(LogLevel::warning,
             "(!) WARNING: Version " + version + " already exists, skipping " + version + "...");
    return {};
  }
  const auto parsed = parse_semantic_version(version);
  if (!parsed) {
    throw Error(Status::invalid, "publish.version",
                "(!) ERR: Version " + version + " is not a valid semantic version, skipping " +
                    version + "...",
                "Write it as 1.2.3.");
  }
  Published published{.tags = tags_to_publish(*parsed, version, there), .digest = {}};
  log.text(LogLevel::info, "Publishing tags: " + list(published.tags) + "...");
  OciManifest manifest = manifest_of(content, devcontainer_layer_type, artifact.archive);
  manifest.annotations.emplace_back(metadata_annotation, artifact.metadata);
  const std::string word(artifact_word(kind));
  if (repository.registry == github_registry) {
    manifest.annotations.emplace_back(package_type_annotation, "devcontainer_" + word);
  }
  published.digest = push(registry, repository, manifest, content, published.tags, stop);
  const std::string name = repository.repository.substr(repository.repository.rfind('/') + 1);
  log.text(LogLevel::info, "Published " + word + ": '" + name + "'");
  return published;
}

std::string publish_collection(Registry& registry, const OciReference& repository,
                               const std::string& content, std::stop_token stop) {
  OciManifest manifest = manifest_of(content, collection_layer_type, collection_file);
  if (repository.registry == github_registry) {
    manifest.annotations.emplace_back(package_type_annotation, "devcontainer_collection");
  }
  return push(registry, repository, manifest, content, {"latest"}, stop);
}

}  // namespace fairlead
