#include "commands/idle_flags.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace fairlead::cli {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 2> deprecated = {{
    {"experimental-lockfile",
     "--experimental-lockfile is deprecated. Lockfiles are now enabled by default."},
    {"experimental-frozen-lockfile",
     "--experimental-frozen-lockfile is deprecated. Use --frozen-lockfile instead."},
}};

}  // namespace

void warn_about_idle_flags(const Arguments& arguments, EventSink& log) {
  for (const auto& [name, message] : deprecated) {
    if (arguments.flag(name)) Log(log).text(LogLevel::warning, "Warning: " + std::string(message));
  }
}

}  // namespace fairlead::cli
