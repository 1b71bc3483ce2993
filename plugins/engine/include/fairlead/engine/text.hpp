#pragma once

#include <fairlead/model.hpp>

#include <string>
#include <string_view>

/// Small words about text that every plugin of an engine needs. Pure.
namespace fairlead::engine {

/// The last line that says something, without blanks behind it: with every builder and command
/// line, the reason. Empty when nothing was said.
std::string last_line(std::string_view output);

/// The variable's value, or "" when it is not set.
std::string variable(const Environment& environment, const char* name);

/// The name under which Docker-compatible requests find an image: "docker.io/library/x" for "x".
std::string whole_name(const std::string& image);

}  // namespace fairlead::engine
