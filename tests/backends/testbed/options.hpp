#pragma once

#include <fairlead/model.hpp>

#include <filesystem>
#include <set>
#include <string>

namespace fairlead::testbed {

/// The plugin's own settings, `plugins.testbed.*`.
struct Options {
  std::filesystem::path images;  ///< holds <image>/rootfs and <image>/image.json
  std::filesystem::path state;   ///< the "engine": instances, volumes, logs
  std::string fail_at;           ///< operation that fails the first time
  std::string delay_at;          ///< operation that waits `delay_ms` before it works
  int delay_ms = 0;
  std::set<std::string> refuse;  ///< capabilities to switch off, by their names in model.hpp, or
                                 ///< `copies`
};

/// Archives in and out, which no capability stands for.
inline constexpr const char* copies = "copy";

/// Throws Error(invalid, "testbed.settings") for a value of the wrong type or an unknown capability
/// in `refuse`.
Options read_options(const std::string& settings);

/// What this backend can do, without what `refuse` names.
Capabilities capabilities_without(const std::set<std::string>& refuse);

}  // namespace fairlead::testbed
