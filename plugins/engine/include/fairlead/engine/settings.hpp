#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace fairlead::engine {

/// One value of a plugin's own table of the settings.
struct TextSetting {
  const char* name;
  std::string* value;  ///< stays as it is when the table has none, null or an empty text
};

/// Reads the table `plugins.<plugin>`, which is JSON.
/// Throws Error(invalid, "settings.invalid") when `json` is no object or one of the values no text.
void read_settings(std::string_view json, const std::string& plugin,
                   std::initializer_list<TextSetting> wanted);

}  // namespace fairlead::engine
