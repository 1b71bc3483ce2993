#include "settings.hpp"

#include <fairlead/engine/settings.hpp>

namespace fairlead::podman {

Settings settings_from(std::string_view json) {
  Settings settings;
  engine::read_settings(json, "podman",
                        {{"host", &settings.service.host},
                         {"podman_path", &settings.service.podman_path},
                         {"userns", &settings.userns}});
  return settings;
}

}  // namespace fairlead::podman
