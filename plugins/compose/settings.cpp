#include "settings.hpp"

#include <fairlead/engine/settings.hpp>

namespace fairlead::compose {

Settings settings_from(std::string_view json) {
  Settings settings;
  engine::read_settings(json, "compose",
                        {{"host", &settings.engine.host},
                         {"docker_path", &settings.engine.docker_path},
                         {"compose_path", &settings.compose_path}});
  return settings;
}

}  // namespace fairlead::compose
