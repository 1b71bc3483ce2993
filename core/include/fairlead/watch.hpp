#pragma once

#include <fairlead/core.hpp>

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

/// What happens without us: to environments, whoever does it, and to configurations.
namespace fairlead {

/// Something that happened to an environment.
struct EnvironmentEvent {
  enum class Kind : std::uint8_t { created, started, stopped, removed };
  Kind kind = Kind::created;
  std::string backend;
  std::string container_id;
  std::string name;
  std::string local_folder;  ///< of its workspace; empty: it has none
  std::string config_file;
};

/// Tells what happens to the environments that `list` shows, on every backend and host that it
/// asks, until `stop` is requested. `on_ready` is called once, when nothing is missed any more;
/// `on_event` on threads of this call's, one at a time. Backends that report no events are asked
/// again and again; one that does not answer is asked later.
void watch_environments(Core& core, const std::function<void()>& on_ready,
                        const std::function<void(const EnvironmentEvent&)>& on_event,
                        const std::stop_token& stop);

/// Something that happened to a configuration file.
struct ConfigurationEvent {
  enum class Kind : std::uint8_t { appeared, changed, vanished };
  Kind kind = Kind::changed;
  std::string workspace_folder;
  std::string config_file;
};

/// Tells what happens to the configurations of folders on this machine, until `stop` is requested:
/// once a tenth of a second has passed without a further change, or two seconds with them. One has
/// changed when its own text has, or what it names here: what it extends, its Dockerfile, Compose
/// files with the `.env` beside them, local features. As above. Throws "watch.folder" when the
/// system watches no more folders.
void watch_configurations(const Core& core, const std::vector<std::string>& folders,
                          const std::function<void()>& on_ready,
                          const std::function<void(const ConfigurationEvent&)>& on_event,
                          const std::stop_token& stop);

}  // namespace fairlead
