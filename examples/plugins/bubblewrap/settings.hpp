#pragma once

#include <string>
#include <vector>

namespace bubblewrap {

struct Settings {
  std::string state;
  std::vector<std::string> curl_options;
  std::string network;  ///< "host" or "private"
};

/// From the plugin's own table of the settings, as JSON.
Settings read_settings(const std::string& json);

}  // namespace bubblewrap
