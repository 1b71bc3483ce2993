#pragma once

#include <string>
#include <string_view>

/// How a feature is named: FEAT-004..009. Pure; nothing here looks at a file or a network.
namespace fairlead {

enum class FeatureKind { local, oci, tarball, release };

/// One key of "features", one entry of dependsOn, installsAfter or overrideFeatureInstallOrder.
struct FeatureReference {
  FeatureKind kind = FeatureKind::local;
  std::string id;         ///< as written
  std::string name;       ///< last part without version, what folders in the image are named after
  std::string path;       ///< local: as written; tarball: the URL; release: "owner/repository"
  std::string registry;   ///< OCI: "ghcr.io", "localhost:5000"
  std::string space;      ///< OCI: "devcontainers/features"
  std::string tag;        ///< "latest" when an OCI name or release says neither tag nor digest
  std::string digest;     ///< OCI: "sha256:…"
  std::string shorthand;  ///< the deprecated bare word that `id` was written as; empty: none
};

/// Classifies `id`. OCI names are lower-cased (FEAT-008); the deprecated shorthands ("git") become
/// the OCI names that they stand for. `owner/repository/name[@tag]`, whose first part can be no
/// registry, is a file of a release on GitHub (FEAT-009).
/// Throws Error(invalid): "features.legacy" for another bare word, "features.reference" for an
/// address or name that is malformed.
FeatureReference parse_feature_reference(std::string_view id);

/// The folder of a local feature. `config_folder` is that of devcontainer.json, `root` the
/// `.devcontainer` folder that every local feature lies below; both absolute. FEAT-007, FEAT-032.
/// Compares paths as they are written, links are not followed.
/// Throws Error(invalid): "features.absolute_path", "features.outside".
std::string local_feature_folder(const FeatureReference& reference,
                                 const std::string& config_folder, const std::string& root);

/// `root` for a workspace; without one, the nearest folder named .devcontainer around
/// `config_folder`, else the one in it.
std::string local_feature_root(const std::string& config_folder,
                               const std::string& workspace_folder);

}  // namespace fairlead
