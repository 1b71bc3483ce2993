#pragma once

#include "features/plan.hpp"
#include "features/registry.hpp"

#include <stop_token>
#include <string>

/// Features from registries and https addresses.
namespace fairlead {

/// A feature as far as resolving needs it; its files may not have been fetched yet.
struct RemoteFeature {
  FeatureReference reference;
  FeatureMetadata metadata;
  OciManifest manifest;  ///< OCI only
  std::string digest;    ///< of the manifest, of the archive: what a lockfile calls integrity
  std::string resolved;  ///< "registry/namespace/name@sha256:…", the address: as in a lockfile
  std::string content;   ///< digest of the archive with the files
};

/// Asks for one OCI or tarball feature: for OCI one request, when the manifest carries the metadata
/// (DIST-015); else the archive is fetched too. `digest` pins it to what a lockfile says; empty:
/// what the reference says. Thread-safe, as Registry is.
/// Throws Error what Registry throws, "registry.manifest" for an artifact that is no feature
/// (DIST-016), what parse_feature_metadata throws.
RemoteFeature describe_feature(Registry& registry, const FeatureReference& reference,
                               const std::string& digest, std::stop_token stop);

/// Its files: the folder lies in the cache and is kept while `registry` lives.
/// Throws Error what Registry::blob and extract_archive throw, "features.install_script".
FetchedFeature fetch_feature(Registry& registry, const RemoteFeature& feature,
                             std::stop_token stop);

/// For an OCI reference; throws Error(internal) for another.
OciReference oci_reference(const FeatureReference& reference);

}  // namespace fairlead
