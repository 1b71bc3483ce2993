#pragma once

#include "spec/faults.hpp"

#include <string>
#include <vector>

namespace fairlead {

/// Every top-level property that devcontainer.json knows, old ones too.
const std::vector<std::string>& known_properties();

}  // namespace fairlead
