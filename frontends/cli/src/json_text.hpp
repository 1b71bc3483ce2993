#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fairlead::cli {

/// Appends `text` to `out` as JSON.stringify writes a string: quoted, control characters escaped,
/// everything else as it is. Bytes that are not UTF-8 become U+FFFD, so that the result always
/// parses.
void append_json_string(std::string& out, std::string_view text);

/// `text` as a JSON string.
std::string json_string(std::string_view text);

/// An array of strings.
std::string json_array(const std::vector<std::string>& texts);

}  // namespace fairlead::cli
