#pragma once

#include <fairlead/error.hpp>

#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace fairlead {

/// Everything that the cache lacks when nothing may be fetched, so that one message names all of
/// it. Thread-safe.
class MissingOffline {
 public:
  /// Runs `get`, which gets `name`; what it lacks offline is noted instead of thrown.
  template <class Get>
  void note(const std::string& name, const Get& get) {
    try {
      get();
    } catch (const Error& error) {
      if (error.code() != "registry.offline") throw;
      add(name, error);
    }
  }
  /// Throws Error "registry.offline" when something is missing.
  void throw_if_any() const;

 private:
  void add(const std::string& name, const Error& error);

  mutable std::mutex mutex_;
  std::set<std::string> names_;
  std::optional<Error> first_;
};

}  // namespace fairlead
