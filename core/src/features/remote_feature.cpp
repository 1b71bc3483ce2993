#include "features/remote_feature.hpp"

#include "base/atomic_file.hpp"

#include <fairlead/error.hpp>

#include <filesystem>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr const char* metadata_file = "devcontainer-feature.json";
constexpr const char* no_metadata = "its archive has no devcontainer-feature.json";

Error no_feature(const std::string& what, const std::string& why) {
  return Error(Status::failed, "registry.manifest",
               what + " is not a feature that can be used: " + why + ".",
               "Is it an image, a template or a collection?");
}

FeatureMetadata read_metadata(const fs::path& folder, const std::string& id) {
  const auto text = read_file_if_there(folder / metadata_file);
  if (text) return parse_feature_metadata(*text, id + '/' + metadata_file);
  throw no_feature("'" + id + "'", no_metadata);
}

Error no_registry(const FeatureReference& reference, const std::string& host) {
  return Error(Status::not_found, "features.remote",
               "feature '" + reference.id + "': '" + host + "' is not a registry",
               "Write the registry in front, as in ghcr.io/" + reference.id +
                   ". Releases on GitHub, as this name once meant, are looked for only by "
                   "`devcontainer`.");
}

/// The reference CLI never asks a host like that: nobody can own the name.
void require_registry(const FeatureReference& reference) {
  const auto& host = reference.registry;
  if (host.find('.') != std::string::npos || host.starts_with("localhost") ||
      host.find(':') != std::string::npos) {
    return;
  }
  throw no_registry(reference, host);
}

RemoteFeature describe_oci(Registry& registry, const FeatureReference& reference,
                           const std::string& digest, const std::stop_token& stop) {
  require_registry(reference);
  auto oci = oci_reference(reference);
  if (!digest.empty()) oci.digest = digest;
  const auto what = "'" + reference.id + "'";
  RemoteFeature feature{.reference = reference,
                        .metadata = {},
                        .manifest = registry.manifest(oci, stop),
                        .archive = {},
                        .digest = {},
                        .resolved = {}};
  const auto& manifest = feature.manifest;
  if (manifest.config.media_type != devcontainer_config_type) {
    throw no_feature(what, "its type is '" + manifest.config.media_type + "'");
  }
  if (manifest.layers.size() != 1) {
    throw no_feature(what, "it has " + std::to_string(manifest.layers.size()) + " layers");
  }
  feature.archive = manifest.layers.front();
  feature.digest = manifest.digest;
  feature.resolved = oci.name() + '@' + manifest.digest;
  if (const auto* text = find_annotation(manifest.annotations, metadata_annotation)) {
    feature.metadata = parse_feature_metadata(*text, reference.id);
  } else {
    registry.blob(oci, feature.archive, stop);
    feature.metadata = read_metadata(registry.unpacked(feature.archive.digest, stop), reference.id);
  }
  return feature;
}

RemoteFeature describe_tarball(Registry& registry, const FeatureReference& reference,
                               const std::string& digest, const std::stop_token& stop) {
  RemoteFeature feature{.reference = reference,
                        .metadata = {},
                        .manifest = {},
                        .archive = {},
                        .digest = registry.archive(reference.path, digest, stop).digest,
                        .resolved = reference.path};
  feature.archive.digest = feature.digest;
  feature.metadata = read_metadata(registry.unpacked(feature.digest, stop), reference.id);
  return feature;
}

Error not_fetched(const FeatureReference& reference, std::size_t tries, const std::string& why) {
  return Error(Status::not_found, "features.release",
               "Failed to fetch tarball for " + reference.id + " after attempting " +
                   std::to_string(tries) + " possibilities.",
               why);
}

/// A file of its own, else the bundle of all features: the first that is there and can be had.
std::string fetch_release(Registry& registry, const FeatureReference& reference,
                          const std::stop_token& stop) {
  const std::vector<std::string> files{reference.name + ".tgz", "devcontainer-features.tgz"};
  std::string why;
  for (const auto& file : files) {
    const auto url = release_folder(reference) + '/' + file;
    try {
      return registry.unpacked(registry.archive(url, {}, stop).digest, stop).string();
    } catch (const Error& error) {
      if (error.status() == Status::cancelled) throw;
      why += ' ' + error.message();
    }
  }
  throw not_fetched(reference, files.size(),
                    "The release of " + reference.path + " on GitHub:" + why);
}

}  // namespace

std::string release_folder(const FeatureReference& reference) {
  const std::string version =
      reference.tag == "latest" ? "latest/download" : "download/" + reference.tag;
  return "https://github.com/" + reference.path + "/releases/" + version;
}

RemoteFeature describe_release(const FeatureReference& reference, bool drop_in) {
  if (!drop_in) throw no_registry(reference, reference.path.substr(0, reference.path.find('/')));
  return {.reference = reference,
          .metadata = {},
          .manifest = {},
          .archive = {},
          .digest = {},
          .resolved = {}};
}

FetchedRelease fetched_release(const std::string& folder, const FeatureReference& reference) {
  // The cache names what it unpacked after the archive.
  return {.metadata = read_metadata(folder, reference.id),
          .digest = "sha256:" + fs::path(folder).filename().string()};
}

OciReference oci_reference(const FeatureReference& reference) {
  if (reference.kind != FeatureKind::oci) {
    throw Error(Status::internal, "features.remote", "'" + reference.id + "' is in no registry");
  }
  return {.registry = reference.registry,
          .repository = reference.space + '/' + reference.name,
          .tag = reference.tag,
          .digest = reference.digest};
}

RemoteFeature describe_feature(Registry& registry, const FeatureReference& reference,
                               const std::string& digest, std::stop_token stop) {
  if (reference.kind == FeatureKind::tarball) {
    return describe_tarball(registry, reference, digest, stop);
  }
  return describe_oci(registry, reference, digest, stop);
}

RemoteFeature describe_leniently(Registry& registry, const FeatureReference& reference,
                                 const std::string& digest, std::stop_token stop) {
  try {
    return describe_feature(registry, reference, digest, std::move(stop));
  } catch (const Error& error) {
    const bool ours = error.status() == Status::cancelled || error.code() == "registry.offline";
    if (ours || reference.kind != FeatureKind::tarball) throw;
    return {.reference = reference,
            .metadata = {},
            .manifest = {},
            .archive = {},
            .digest = {},
            .resolved = reference.path,
            .fault = error.message()};
  }
}

std::string fetch_feature(Registry& registry, const RemoteFeature& feature, std::stop_token stop) {
  if (feature.reference.kind == FeatureKind::oci) {
    registry.blob(oci_reference(feature.reference), feature.archive, stop);
  }
  if (!feature.fault.empty()) throw not_fetched(feature.reference, 1, feature.fault);
  const fs::path folder = feature.reference.kind == FeatureKind::release
                              ? fs::path(fetch_release(registry, feature.reference, stop))
                              : registry.unpacked(feature.archive.digest, stop);
  std::error_code none;
  if (!fs::is_regular_file(folder / metadata_file, none)) {
    throw no_feature("'" + feature.reference.id + "'", no_metadata);
  }
  if (!fs::is_regular_file(folder / "install.sh", none)) {
    throw Error(Status::not_found, "features.install_script",
                "feature '" + feature.reference.id + "': there is no install.sh in its archive");
  }
  return folder.string();
}

}  // namespace fairlead
