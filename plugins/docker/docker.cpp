#include "settings.hpp"

#include <fairlead/engine/backend.hpp>
#include <fairlead/sdk/plugin.hpp>

namespace fairlead::docker {

/// Docker is what plugins/engine was written after: nothing to add but its settings.
class DockerBackend final : public engine::EngineBackend {
 public:
  using EngineBackend::EngineBackend;

  void configure(const ConfigureRequest& request) override {
    connect(request, settings_from(request.settings));
  }
};

}  // namespace fairlead::docker

FAIRLEAD_PLUGIN(fairlead::docker::DockerBackend, "fairlead.docker", "0.1.0");
