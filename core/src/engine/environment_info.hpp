#pragma once

#include <fairlead/engine.hpp>

namespace fairlead {

/// An instance as list, status, stop and down show it; its folder and file by the labels.
EnvironmentInfo environment_info(const Core& core, const Backend& backend,
                                 const InstanceInfo& instance);

}  // namespace fairlead
