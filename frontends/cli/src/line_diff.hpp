#pragma once

#include <string>
#include <string_view>

namespace fairlead::cli {

/// What differs between two texts: lines with "-" before them are only in `before`, with "+" only
/// in `after`; "@@ N @@" says at which line of `before` a group begins. "" when they are the same.
std::string line_diff(std::string_view before, std::string_view after);

}  // namespace fairlead::cli
