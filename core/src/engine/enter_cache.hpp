#pragma once

#include "engine/enter.hpp"

#include <filesystem>
#include <optional>

namespace fairlead {

/// What `enter` found, kept until the instance is started anew. The file holds the user's probed
/// environment, so it is readable by the caller alone; losing it costs one exec.
class EnterCache {
 public:
  EnterCache(const Core& core, const std::string& backend, const InstanceInfo& instance,
             const EnterRequest& request);

  std::optional<Inside> load() const;
  /// Failing to write is not an error.
  void save(const Inside& inside) const;

 private:
  std::string key_;  ///< everything the answer depends on; stands in the file, too
  std::filesystem::path file_;
};

/// Whether this user has seen the container's /etc prepared (prepare_system).
bool system_is_prepared(const Core& core, const std::string& backend, const std::string& id);
void remember_prepared_system(const Core& core, const std::string& backend, const std::string& id);

/// The folder of what is kept of an instance.
std::string environment_folder(const Core& core, const std::string& backend, const std::string& id);

/// Whether a relay for `user` could not be started in the instance since its start, less than a day
/// ago: trying takes long.
bool relay_is_hopeless(const Core& core, const std::string& backend, const InstanceInfo& instance,
                       const std::string& user);
void remember_hopeless_relay(const Core& core, const std::string& backend,
                             const InstanceInfo& instance, const std::string& user);

/// Removes what is kept of an instance that is no more.
void forget_environment(const Core& core, const std::string& backend, const std::string& id);

}  // namespace fairlead
