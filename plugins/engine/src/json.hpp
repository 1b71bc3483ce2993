#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

/// Forgiving readers of engine JSON: null, absent and another type all read as "nothing", because
/// engines differ in which of the three they send.
namespace fairlead::engine {

using Json = nlohmann::json;

/// Throws Error(failed, "engine.malformed") when `text` is no JSON of `kind`.
Json parse_json(std::string_view text, Json::value_t kind);

const Json& member(const Json& object, const char* name);
std::string text_of(const Json& object, const char* name);
std::int64_t number_of(const Json& object, const char* name);
bool flag_of(const Json& object, const char* name);
std::vector<std::string> texts_of(const Json& object, const char* name);
std::map<std::string, std::string> map_of(const Json& object, const char* name);

/// Compact text; bytes that are not UTF-8 are replaced.
std::string dump(const Json& value);

}  // namespace fairlead::engine
