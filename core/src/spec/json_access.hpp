#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

/// Looking into a JSON document whose shape nothing is known about.
namespace fairlead {

using Json = nlohmann::ordered_json;

/// The member called `name`; null when `value` is no object or has none.
const Json* member(const Json& value, std::string_view name);

/// As JavaScript sees it: everything but null, false, 0, NaN and "". Null pointer: false.
bool truthy(const Json* value);

/// Sets a member, in its place when it is there, else at the end.
void set_member(Json& object, std::string_view name, Json value);

/// The text of a string member; "" for anything else.
std::string text_member(const Json& value, std::string_view name);

/// As JavaScript turns a value into text; only for scalars.
std::string scalar_text(const Json& value);

/// "a string", "an array": for messages.
std::string kind_of(const Json& value);

}  // namespace fairlead
