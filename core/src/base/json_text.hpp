#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace fairlead {

/// `value` as compact JSON text, byte for byte what JavaScript's JSON.stringify makes of it: member
/// names that are array indices come first, in numeric order; 1.0 is 1, 1e21 is 1e+21. Our clients
/// are written against a program that answers so.
std::string json_text(const nlohmann::ordered_json& value);

/// One string as a JSON string, quotes included.
std::string json_quoted(std::string_view text);

/// A number as JavaScript writes it; "null" when it is not finite.
std::string json_number(double number);

}  // namespace fairlead
