#pragma once

#include "spec/values.hpp"

#include <fairlead/config_model.hpp>

#include <vector>

namespace fairlead {

std::vector<ForwardPort> read_forward_ports(const Values& values);
std::vector<AppPort> read_app_ports(const Values& values);
std::vector<std::pair<std::string, PortAttributes>> read_ports_attributes(const Values& values);
std::optional<PortAttributes> read_other_ports_attributes(const Values& values);

}  // namespace fairlead
