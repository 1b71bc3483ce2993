#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead::cli {

/// The first character of a text.
struct Utf8Step {
  char32_t code;
  std::size_t size;  ///< in bytes; 1 for a byte that is not UTF-8
  bool valid;
};

/// Decodes the first character of `text`, which is not empty. Overlong forms, surrogates and codes
/// beyond U+10FFFF are not valid.
Utf8Step next_utf8(std::string_view text);

/// How many terminal columns `text` takes: control characters and escape sequences none, wide East
/// Asian characters and emoji two.
std::size_t display_width(std::string_view text);

/// The front of `text` that fits into `columns`, never cutting a character.
std::string fit_width(std::string_view text, std::size_t columns);

/// `text` without terminal escape sequences (CSI and OSC).
std::string without_escapes(std::string_view text);

/// The length of the escape sequence at the front of `text`, 0 when there is none.
std::size_t escape_length(std::string_view text);

}  // namespace fairlead::cli
