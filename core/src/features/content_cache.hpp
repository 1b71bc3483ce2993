#pragma once

#include "base/lock.hpp"
#include "base/sha256.hpp"

#include <fairlead/unique_fd.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace fairlead {

/// Content by digest in a folder that all projects and processes of a user share:
///
///   blobs/<64 digits>   manifests, blobs and archives, complete and verified
///   trees/<64 digits>/  the files of an archive
///   names/<64 digits>   what a name pointed to
///   partial/…           what is on its way
///
/// Things appear by rename, so a killed process leaves nothing that counts; what it left on its way
/// is gone on with. An object holds a shared lock from its first use on, which pruning waits for.
/// Thread-safe. Everything throws Error "cache.write" with the reason (disk full, permissions) and
/// what FileLock throws.
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

  /// What `name` (a reference with its tag, an address) pointed to when it was last asked for; with
  /// `age`, only when that is less long ago.
  std::optional<std::string> digest_of(const std::string& name,
                                       std::optional<std::chrono::seconds> age = {});
  /// It points to `digest`; `asked`: where it comes from has just said so.
  void remember(const std::string& name, const std::string& digest, bool asked = true);
  /// It is known to point elsewhere by now.
  void forget(const std::string& name);

  /// The unpacked archive `digest`, unpacked now if need be. Throws also what extract_archive
  /// throws, "cache.missing" (not_found) when the archive is not there, "registry.digest" when its
  /// file was damaged (it is removed then).
  std::filesystem::path unpacked(const std::string& digest, std::stop_token stop);

  /// A place to download to; waits while somebody else downloads the same. `key` tells downloads
  /// apart: the digest, or an address when that is not known before.
  class Download;
  Download download(const std::string& key, std::stop_token stop);

 private:
  std::filesystem::path place(const char* kind, const std::string& digits) const;
  void hold();

  std::filesystem::path folder_;
  struct State;
  std::unique_ptr<State> state_;
};

/// Feeds the file at `path`, as far as it goes, to `use`.
void for_each_piece(const std::filesystem::path& path,
                    const std::function<void(std::string_view)>& use);

/// One download. Not thread-safe; holds a lock on its key.
class ContentCache::Download {
 public:
  Download(ContentCache& cache, const std::string& key, FileLock lock);

  /// How much is there from an attempt before: go on behind it, or `restart`.
  std::uint64_t offset() const { return size_; }
  void restart();
  void write(std::string_view bytes);
  /// Puts it among the blobs and says its digest. With `expected`, another content is removed and
  /// throws Error(failed, "registry.digest"). `what` names it in that message.
  std::string finish(const std::string& expected, const std::string& what);

 private:
  ContentCache* cache_;
  FileLock lock_;
  std::filesystem::path path_;
  UniqueFd file_;
  Sha256 hash_;
  std::uint64_t size_ = 0;
};

}  // namespace fairlead
