#include "engine/description.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace fairlead {

std::string description_of(const Error& error, const char* usual) {
  constexpr std::array<std::string_view, 4> plain{"up.no_workspace", "build.options",
                                                  "build.buildkit", "features.legacy"};
  const auto& code = error.code();
  const bool own_words = (code.starts_with("config.") && code != "config.file_name") ||
                         std::ranges::find(plain, code) != plain.end();
  return own_words ? error.message() : usual;
}

}  // namespace fairlead
