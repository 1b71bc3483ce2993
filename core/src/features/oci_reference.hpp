#pragma once

#include <string>
#include <string_view>

/// Names of what lies in a registry. Pure.
namespace fairlead {

struct OciReference {
  std::string registry;    ///< host, perhaps with a port: "ghcr.io", "localhost:5000"
  std::string repository;  ///< "devcontainers/features/git"
  std::string tag;         ///< "latest" when neither tag nor digest is written; empty with a digest
  std::string digest;      ///< "sha256:…", wins over the tag

  /// "ghcr.io/devcontainers/features/git", without version.
  std::string name() const { return registry + '/' + repository; }
  /// Tag or digest, as the registry is asked for it.
  const std::string& version() const { return digest.empty() ? tag : digest; }
  /// As it would be written: "ghcr.io/devcontainers/features/git:1", "…@sha256:…".
  std::string text() const;
};

/// Reads `registry/namespace/name[:tag][@digest]`. Registry and repository are lower-cased; a port
/// is no tag (FEAT-004, FEAT-005, FEAT-008, DIST-022).
/// Throws Error(invalid, "registry.reference") that says which part cannot be read.
OciReference parse_oci_reference(std::string_view text);

/// A path of a repository, already in lower case: components of letters, digits and single
/// separators.
bool is_repository_path(std::string_view text);
bool is_oci_tag(std::string_view text);
/// "sha256:" and 64 lower-case digits.
bool is_oci_digest(std::string_view text);

}  // namespace fairlead
