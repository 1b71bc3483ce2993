#pragma once

#include "features/content_cache.hpp"
#include "features/oci_manifest.hpp"
#include "features/oci_reference.hpp"
#include "features/registry_auth.hpp"

#include <fairlead/events.hpp>
#include <fairlead/model.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

/// Registries that speak the OCI distribution protocol, and archives at https addresses, behind the
/// cache that all projects share.
namespace fairlead {

struct RegistryLimits {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds stall{30'000};   ///< nothing arrives for so long
  std::chrono::milliseconds total{600'000};  ///< for one answer
  std::chrono::milliseconds backoff{500};    ///< before the first repetition; doubled each time
  int attempts = 4;
  int redirects = 5;
  std::uint64_t manifest_bytes = std::uint64_t{4} << 20U;
  std::uint64_t blob_bytes = std::uint64_t{4} << 30U;
};

struct RegistryOptions {
  Environment environment;  ///< credentials, proxies and certificates come from its variables
  std::filesystem::path cache_folder;
  bool offline = false;                  ///< the cache alone (`--offline`)
  std::chrono::seconds tag_lifetime{0};  ///< so long a tag is not asked for again
  std::vector<std::string>
      mirrors;  ///< "ghcr.io/devcontainers/features=registry.example/mirror"; the longest name wins
  AuthPolicy auth;
  CredentialHelper credential_helper;
  RegistryLimits limits;
};

/// An archive that was fetched from an https address.
struct FetchedArchive {
  std::filesystem::path file;
  std::string digest;  ///< "sha256:…"
};

/// Thread-safe; calls overlap, which is how things are fetched in parallel (base/parallel.hpp).
/// Blocking. Within one object a name is asked for once. What was fetched stays in the cache as
/// long as the object lives, whoever prunes.
///
/// All functions throw Error: "registry.not_found" (not_found: no such name or version),
/// "registry.denied", "registry.unreachable", "registry.timeout", "registry.refused" (another
/// answer that ends the matter), "registry.digest" (content is not what was asked for),
/// "registry.manifest", "registry.too_large", "registry.redirect", "registry.offline" (not_found:
/// names exactly what the cache lacks), Status::cancelled; "cache.*".
class Registry {
 public:
  /// Makes no request and loads nothing.
  Registry(RegistryOptions options, const Log& log);
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// The manifest of a tag or digest; verified. A digest that the cache holds costs no request.
  OciManifest manifest(const OciReference& reference, std::stop_token stop);

  /// As `manifest`, nothing instead of registry.not_found.
  std::optional<OciManifest> find_manifest(const OciReference& reference, std::stop_token stop);

  /// The bytes of an image's manifest or index, verified.
  std::string image_document(const OciReference& reference, std::stop_token stop);

  /// A blob of the repository: the file in the cache, verified.
  std::filesystem::path blob(const OciReference& reference, const OciDescriptor& blob,
                             std::stop_token stop);

  /// The files of a blob or archive that is a tar, in a folder of the cache; do not write there.
  /// Throws also what extract_archive throws.
  std::filesystem::path unpacked(const std::string& digest, std::stop_token stop);

  /// All tags, in the registry's order. Throws registry.not_found for an unknown repository.
  std::vector<std::string> tags(const OciReference& reference, std::stop_token stop);

  /// An archive from an https address. With `digest` (of a lockfile) the cache serves it, and
  /// another content throws registry.digest.
  FetchedArchive archive(const std::string& url, const std::string& digest, std::stop_token stop);

  /// Uploads unless the repository has it already; false: it had (DIST-014).
  bool push_blob(const OciReference& repository, std::string_view content, std::stop_token stop);

  /// Puts the manifest under `version`, a tag or its digest. The digest that it has there.
  std::string push_manifest(const OciReference& repository, const std::string& version,
                            std::string_view bytes, std::stop_token stop);

  ContentCache& cache();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fairlead
