#include "settings.hpp"

#include <nlohmann/json.hpp>

namespace bubblewrap {

Settings read_settings(const std::string& json) {
  const auto table = nlohmann::json::parse(json);
  return {table.value("state", ""), table.value("curl_options", std::vector<std::string>()),
          table.value("network", "host")};
}

}  // namespace bubblewrap
