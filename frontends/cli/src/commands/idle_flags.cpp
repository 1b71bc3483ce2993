#include "commands/idle_flags.hpp"

#include <array>
#include <string>
#include <string_view>

namespace fairlead::cli {
namespace {

/// The reference's flags whose subject this version does not have.
constexpr std::array<std::string_view, 3> idle = {"frozen-lockfile", "experimental-frozen-lockfile",
                                                  "omit-config-remote-env-from-metadata"};

}  // namespace

void warn_about_idle_flags(const Arguments& arguments, EventSink& log) {
  for (const auto name : idle) {
    if (!arguments.given(name)) continue;
    Log(log).text(LogLevel::warning,
                  "--" + std::string(name) + " has no effect in this version of fairlead.");
  }
}

}  // namespace fairlead::cli
