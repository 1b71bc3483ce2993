#pragma once

#include <string>
#include <string_view>

namespace fairlead::compose {

/// The value of `name` in the text of a `.env` file, as the reference reads it: the last word on it
/// is the first line "NAME=VALUE"; empty: not there.
std::string value_in(std::string_view env_file, std::string_view name);

}  // namespace fairlead::compose
