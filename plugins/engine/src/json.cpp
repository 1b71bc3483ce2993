#include "json.hpp"

#include <fairlead/error.hpp>

namespace fairlead::engine {

Json parse_json(std::string_view text, Json::value_t kind) {
  auto parsed = Json::parse(text, nullptr, false);
  if (parsed.type() == kind) return parsed;
  throw Error(Status::failed, "engine.malformed",
              "The engine's answer is not what the Engine API says: '" +
                  std::string(text.substr(0, 80)) + "'.",
              "Does a Docker-compatible engine answer at this address?");
}

const Json& member(const Json& object, const char* name) {
  static const Json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(name);
  return found == object.end() ? nothing : *found;
}

std::string text_of(const Json& object, const char* name) {
  const auto& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : std::string{};
}

std::int64_t number_of(const Json& object, const char* name) {
  const auto& value = member(object, name);
  return value.is_number() ? value.get<std::int64_t>() : 0;
}

bool flag_of(const Json& object, const char* name) {
  const auto& value = member(object, name);
  return value.is_boolean() && value.get<bool>();
}

std::vector<std::string> texts_of(const Json& object, const char* name) {
  std::vector<std::string> out;
  const auto& value = member(object, name);
  if (value.is_string()) return {value.get<std::string>()};
  if (!value.is_array()) return out;
  for (const auto& element : value) {
    if (element.is_string()) out.push_back(element.get<std::string>());
  }
  return out;
}

std::map<std::string, std::string> map_of(const Json& object, const char* name) {
  std::map<std::string, std::string> out;
  const auto& value = member(object, name);
  if (!value.is_object()) return out;
  for (const auto& [key, element] : value.items()) {
    out[key] = element.is_string() ? element.get<std::string>() : std::string{};
  }
  return out;
}

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fairlead::engine
