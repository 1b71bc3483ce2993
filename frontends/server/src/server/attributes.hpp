#pragma once

#include <string>

namespace fairlead::server {

/// Whether a merged configuration, JSON text, says anything of ports' attributes.
bool has_port_attributes(const std::string& merged_configuration);

}  // namespace fairlead::server
