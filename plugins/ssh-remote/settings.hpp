#pragma once

#include <string>
#include <string_view>

namespace fairlead::ssh {

/// The settings `plugins.ssh`; times in seconds.
struct Settings {
  std::string ssh_path = "ssh";
  int connect_timeout = 15;
  int keep_alive = 5;
  int keep_alive_count = 3;
  int idle = 600;
};

/// Reads the plugin's table. Throws Error(invalid, "settings.invalid") for a value of the wrong
/// kind or outside of what ssh takes.
Settings settings_from(std::string_view json);

}  // namespace fairlead::ssh
