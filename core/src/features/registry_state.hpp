#pragma once

#include "features/registry.hpp"
#include "features/registry_session.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

/// The inside of Registry, shared by its source files.
namespace fairlead {

/// Answers of this run, so that a name means one thing while it lasts. Thread-safe; two who want
/// the same wait for one request.
template <typename Value>
class Remembered {
 public:
  struct Slot {
    std::mutex mutex;
    std::optional<Value> value;
  };

  std::shared_ptr<Slot> slot(const std::string& name) {
    const std::lock_guard lock(mutex_);
    auto& slot = slots_[name];
    if (!slot) slot = std::make_shared<Slot>();
    return slot;
  }
  void forget(const std::string& name) {
    const std::lock_guard lock(mutex_);
    slots_.erase(name);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Slot>> slots_;
};

struct Registry::State {
  State(RegistryOptions given, const Log& log)
      : options(std::move(given)), cache(options.cache_folder), session(options, log) {}

  const RegistryOptions options;
  ContentCache cache;
  RegistrySession session;
  Remembered<OciManifest> manifests;
  Remembered<FetchedArchive> archives;

  /// A request about `path` ("manifests/1", "tags/list") of the repository, at its mirror.
  RegistryRequest request(const std::string& method, const OciReference& reference,
                          const std::string& path, bool writing = false) const;
  /// The document that `reference` names, verified; nothing when the registry has none.
  std::optional<std::string> fetch_document(const OciReference& reference, const char* accept,
                                            const std::stop_token& stop);
  /// The same from the cache, if it is there and may be used, else fetched and put there.
  std::optional<std::string> document(const OciReference& reference, const char* accept,
                                      const std::stop_token& stop);
  /// Fetches what `request` names into the cache.
  std::string download(RegistryRequest request, const std::string& key, const std::string& digest,
                       std::uint64_t limit, const std::string& what, const std::stop_token& stop);
};

/// Registry and repository as `mirrors` redirect them: the longest name that is the reference's or
/// stands above it. Pure. Throws Error(invalid, "registry.mirror") for an entry without "=".
OciReference mirrored(const OciReference& reference, const std::vector<std::string>& mirrors);

/// The error for an answer that is not what was hoped for.
Error refusal_of(const RegistryReply& reply, const std::string& what);

Error offline_error(const std::string& what);

}  // namespace fairlead
