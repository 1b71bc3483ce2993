#include "engine/environment_info.hpp"

#include "base/time.hpp"
#include "engine/clone.hpp"

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

EnvironmentInfo environment_info(const Core& core, const Backend& backend,
                                 const InstanceInfo& instance) {
  const auto folder = label_of(instance, "devcontainer.local_folder");
  return {.backend = backend.name(),
          .instance = instance,
          .local_folder = folder,
          .source = clone_source(core, folder),
          .config_file = label_of(instance, "devcontainer.config_file"),
          .age_seconds = age_of(instance)};
}

}  // namespace fairlead
