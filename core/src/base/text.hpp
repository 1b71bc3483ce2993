#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// The offset of the first byte that is not well-formed UTF-8 (overlong forms and surrogates are
/// not); nullopt: all of it is.
std::optional<std::size_t> invalid_utf8(std::string_view text);

/// What is not well-formed UTF-8 becomes U+FFFD: one for a character that breaks off, else one for
/// each byte, as in the Unicode Standard's recommended practice.
std::string replace_invalid_utf8(std::string_view text);

/// Appends one code point as UTF-8.
void append_utf8(std::string& out, char32_t code_point);

/// How many characters `text` has; it is UTF-8.
std::size_t count_characters(std::string_view text);

/// Without blanks, tabs and line ends at both sides.
std::string_view trim(std::string_view text);

std::vector<std::string_view> split(std::string_view text, char separator);

/// ASCII only, independent of the locale.
std::string to_lower(std::string_view text);

}  // namespace fairlead
