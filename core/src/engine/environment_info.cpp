#include "engine/environment_info.hpp"

#include "base/time.hpp"

#include <algorithm>
#include <ctime>

namespace fairlead {
namespace {

std::string label_of(const InstanceInfo& instance, const char* key) {
  const auto found = instance.labels.find(key);
  return found == instance.labels.end() ? std::string{} : found->second;
}

std::int64_t age_of(const InstanceInfo& instance) {
  const auto made = unix_seconds(instance.created);
  return made ? std::max<std::int64_t>(0, std::time(nullptr) - *made) : -1;
}

}  // namespace

EnvironmentInfo environment_info(const Backend& backend, const InstanceInfo& instance) {
  return {.backend = backend.name(),
          .instance = instance,
          .local_folder = label_of(instance, "devcontainer.local_folder"),
          .config_file = label_of(instance, "devcontainer.config_file"),
          .age_seconds = age_of(instance)};
}

}  // namespace fairlead
