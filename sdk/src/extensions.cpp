#include "trampoline.hpp"

#include <fairlead/sdk/extensions.hpp>

namespace fairlead::sdk {

void FeatureInstaller::configure(const ConfigureRequest& /*request*/) {}
void PortForwarder::configure(const ConfigureRequest& /*request*/) {}
Empty PortForwarder::detect(const PortsDetectRequest& /*request*/, Call& /*call*/) {
  throw Error(Status::unsupported, "ports.unsupported",
              "the port forwarder has no operation 'detect'");
}

namespace detail {

const fairlead_features features_table = {
    sizeof(fairlead_features),
    0,
    op<&Instance::features, &FeatureInstaller::plan>,
    op<&Instance::features, &FeatureInstaller::install>,
};

const fairlead_ports ports_table = {
    sizeof(fairlead_ports),
    0,
    op<&Instance::ports, &PortForwarder::detect>,
    op<&Instance::ports, &PortForwarder::forward>,
};

}  // namespace detail

}  // namespace fairlead::sdk
