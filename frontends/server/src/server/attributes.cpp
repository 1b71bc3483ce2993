#include "server/attributes.hpp"

#include <nlohmann/json.hpp>

namespace fairlead::server {

bool has_port_attributes(const std::string& merged_configuration) {
  const auto json = nlohmann::json::parse(merged_configuration, nullptr, false);
  if (!json.is_object()) return false;
  for (const char* name : {"portsAttributes", "otherPortsAttributes"}) {
    const auto found = json.find(name);
    if (found != json.end() && found->is_object() && !found->empty()) return true;
  }
  return false;
}

}  // namespace fairlead::server
