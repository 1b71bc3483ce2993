#include "testbed_backend.hpp"

#include <fairlead/sdk/plugin.hpp>

FAIRLEAD_PLUGIN(fairlead::testbed::TestbedBackend, "org.fairlead.testbed", "1.0.0");
