#pragma once

#include <fairlead/core.hpp>

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

/// The cache of features and templates that all projects of a user share. Every function blocks and
/// may run on any thread. docs/registries.md describes it for users.
namespace fairlead {

/// One thing in the cache.
struct CacheEntry {
  std::string digest;              ///< "sha256:…"
  std::uint64_t size = 0;          ///< bytes on disk, unpacked files included
  std::int64_t used_ms = 0;        ///< when last used, milliseconds since the Unix epoch
  std::vector<std::string> names;  ///< that lead to it, such as "ghcr.io/a/b:1"; sorted
};

struct CacheReport {
  std::string folder;
  std::uint64_t size = 0;
  std::vector<CacheEntry> entries;  ///< largest first
};

/// What is there; an empty report when nothing is.
CacheReport show_cache(const Core& core);

/// Removes what was not used for `days` days, names that lead nowhere and what killed processes
/// left on the way; the bytes freed. Waits until nobody uses the cache. Throws Error
/// "lock.timeout", "lock.cancelled".
std::uint64_t prune_cache(const Core& core, int days, std::stop_token stop);

/// Writes a tar with `names`, or everything, for `import_cache` on a machine without a network.
/// Says the names in it. Throws Error "cache.missing" (not_found) for a name that is not there,
/// "file.write".
std::vector<std::string> export_cache(const Core& core, const std::string& file,
                                      const std::vector<std::string>& names, std::stop_token stop);

/// Adds what such a tar holds; everything is verified first. Says the names in it. Throws Error
/// "archive.*", "registry.digest" when its content is not what it claims, "cache.write".
std::vector<std::string> import_cache(const Core& core, const std::string& file,
                                      std::stop_token stop);

}  // namespace fairlead
