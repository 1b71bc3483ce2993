#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What a registry says of an artifact: features, templates, collections, images. Pure.
namespace fairlead {

inline constexpr const char* oci_manifest_type = "application/vnd.oci.image.manifest.v1+json";
inline constexpr const char* oci_index_type = "application/vnd.oci.image.index.v1+json";
inline constexpr const char* devcontainer_config_type = "application/vnd.devcontainers";
inline constexpr const char* devcontainer_layer_type = "application/vnd.devcontainers.layer.v1+tar";
inline constexpr const char* collection_layer_type =
    "application/vnd.devcontainers.collection.layer.v1+json";
inline constexpr const char* metadata_annotation = "dev.containers.metadata";

/// In the order written, which the digest depends on.
using OciAnnotations = std::vector<std::pair<std::string, std::string>>;

/// The value of annotation `name`; null: there is none.
const std::string* find_annotation(const OciAnnotations& annotations, std::string_view name);

struct OciDescriptor {
  std::string media_type;
  std::string digest;
  std::uint64_t size = 0;
  OciAnnotations annotations;
};

struct OciManifest {
  std::string bytes;   ///< as the registry sent it
  std::string digest;  ///< of `bytes`
  std::string media_type;
  OciDescriptor config;
  std::vector<OciDescriptor> layers;
  OciAnnotations annotations;
};

/// One image of an index.
struct OciPlatformEntry {
  OciDescriptor descriptor;
  std::string os;
  std::string architecture;
  std::string variant;
};

/// Reads an image manifest and computes its digest; `what` names it in messages. Members beyond
/// these are passed over. Throws Error(failed, "registry.manifest") for anything else, such as a
/// layer without a digest.
OciManifest parse_oci_manifest(std::string bytes, const std::string& what);

/// Reads an index (or Docker's manifest list); nothing when `bytes` is a manifest of one image.
/// Throws as parse_oci_manifest.
std::vector<OciPlatformEntry> parse_oci_index(std::string_view bytes, const std::string& what);

/// The manifest as we publish it, compact, members in the order that the reference CLI writes, so
/// that both give the same digest (DIST-010, DIST-011). `media_type`, config, layers and
/// annotations count.
std::string write_oci_manifest(const OciManifest& manifest);

}  // namespace fairlead
