#include "settings.hpp"

#include <fairlead/engine/settings.hpp>

namespace fairlead::docker {

engine::EngineSettings settings_from(std::string_view json) {
  engine::EngineSettings settings;
  engine::read_settings(json, "docker",
                        {{"host", &settings.host}, {"docker_path", &settings.docker_path}});
  return settings;
}

}  // namespace fairlead::docker
