#pragma once

#include "base/lock.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// What a name pointed to when it was last asked for.
struct CachedName {
  std::string name;    ///< "ghcr.io/devcontainers/features/git:1", an address
  std::string digest;  ///< "sha256:…"
};

/// One thing of the cache, for people.
struct CacheEntry {
  std::string digest;
  std::uint64_t size = 0;
  std::int64_t used_ms = 0;        ///< when last used, milliseconds since the Unix epoch
  std::vector<std::string> names;  ///< that point to it, or to the manifest that it belongs to
};

/// Content by digest in a folder that all projects and processes of a user share:
///
///   blobs/<64 digits>   manifests, blobs and archives, complete and verified
///   trees/<64 digits>/  the files of an archive
///   names/<64 digits>   what a name pointed to
///   partial/…           what is on its way
///
/// Things appear by rename, so a killed process leaves nothing that counts; what it left on its way
/// is gone on with. An object holds a shared lock from its first use on, which pruning waits for.
/// Thread-safe. Everything throws Error "cache.write" (with the reason: disk full, permissions),
/// "cache.read", and what FileLock throws.
class ContentCache {
 public:
  /// Touches nothing; the folder is made when something is put into it.
  explicit ContentCache(std::filesystem::path folder);
  ~ContentCache();
  ContentCache(const ContentCache&) = delete;
  ContentCache& operator=(const ContentCache&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

  /// The file of a blob that is there. Marks it as used.
  std::optional<std::filesystem::path> find(const std::string& digest);
  /// Its content, verified; nothing also when the file was damaged (it is removed then).
  std::optional<std::string> read(const std::string& digest);
  /// Stores `content` and says its digest.
  std::string store(std::string_view content);

  std::optional<std::string> digest_of(const std::string& name);
  void remember(const std::string& name, const std::string& digest);

  /// The unpacked archive `digest`, unpacked now if need be. Throws also what extract_archive
  /// throws, cache.missing (not_found) when the archive is not there.
  std::filesystem::path unpacked(const std::string& digest, std::stop_token stop);

  /// A place to download to. Waits while another process downloads the same.
  class Download;
  Download download(const std::string& digest, std::stop_token stop);

 private:
  void hold();

  std::filesystem::path folder_;
  struct State;
  std::unique_ptr<State> state_;
};

/// What is in the cache at `folder`, largest first.
std::vector<CacheEntry> list_cache(const std::filesystem::path& folder);

/// Removes what was not used for `age_days` days, and what a killed process left. Bytes freed.
/// Waits until nobody uses the cache: lock.timeout, lock.cancelled.
std::uint64_t prune_cache(const std::filesystem::path& folder, int age_days, const LockWait& wait);

}  // namespace fairlead
