#pragma once

#include "features/metadata.hpp"
#include "features/reference.hpp"
#include "features/registry.hpp"

#include <stop_token>
#include <string>

/// Features from registries and https addresses.
namespace fairlead {

/// A feature as far as resolving needs it; its files may not have been fetched yet.
struct RemoteFeature {
  FeatureReference reference;
  FeatureMetadata metadata;
  OciManifest manifest;    ///< OCI only
  OciDescriptor archive;   ///< with the files; of a tarball the digest alone counts
  std::string digest;      ///< of manifest or tarball: what a lockfile calls integrity
  std::string resolved;    ///< "registry/namespace/name@sha256:…", the address: as in a lockfile
  std::string fault = {};  ///< why a tarball cannot be had; only the drop-in goes on without it
};

/// Where the files of a release lie: an address without '/' at its end. FEAT-009.
std::string release_folder(const FeatureReference& reference);

/// What `fetch_feature` can get of a release on GitHub; asks for nothing. Throws Error
/// "features.remote" unless `drop_in`: only the reference implementation still looks there.
RemoteFeature describe_release(const FeatureReference& reference, bool drop_in);

/// As `describe_feature`, but what is wrong with a tarball is told by `fetch_feature`, as the
/// reference implementation does.
RemoteFeature describe_leniently(Registry& registry, const FeatureReference& reference,
                                 const std::string& digest, std::stop_token stop);

/// Asks for one OCI or tarball feature: for OCI one request, when the manifest carries the metadata
/// (DIST-015); else the archive is fetched too. `digest` pins it to what a lockfile says; empty:
/// what the reference says. Thread-safe, as Registry is.
/// Throws Error what Registry throws, "registry.manifest" for an artifact that is no feature
/// (DIST-016), "features.remote" for a name whose first part is no registry, what
/// parse_feature_metadata throws.
RemoteFeature describe_feature(Registry& registry, const FeatureReference& reference,
                               const std::string& digest, std::stop_token stop);

/// The folder with its files; it lies in the cache and is kept while `registry` lives.
/// Throws Error what Registry::blob and extract_archive throw, "features.install_script",
/// "features.release" when a release has no such file or a tarball has a fault, "registry.manifest"
/// when there is no devcontainer-feature.json in it.
std::string fetch_feature(Registry& registry, const RemoteFeature& feature, std::stop_token stop);

struct FetchedRelease {
  FeatureMetadata metadata;
  std::string digest;  ///< of the archive
};

/// What the folder that `fetch_feature` gave says of a release. Throws Error "registry.manifest"
/// when devcontainer-feature.json is not there, what parse_feature_metadata throws.
FetchedRelease fetched_release(const std::string& folder, const FeatureReference& reference);

/// Throws Error(internal) for a reference of another kind.
OciReference oci_reference(const FeatureReference& reference);

}  // namespace fairlead
