#include "settings/value_json.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>

namespace fairlead {
namespace {

using nlohmann::json;

RawValue value_of_array(const json& array) {
  std::vector<std::string> items;
  for (const auto& item : array) {
    if (!item.is_string()) return ForeignValue{"an array that holds more than strings"};
    items.push_back(item.get<std::string>());
  }
  return items;
}

}  // namespace

RawValue value_of_json(std::string_view text) {
  const json value = json::parse(text, nullptr, false);
  switch (value.type()) {
    case json::value_t::string:
      return value.get<std::string>();
    case json::value_t::boolean:
      return value.get<bool>();
    case json::value_t::number_integer:
      return value.get<std::int64_t>();
    case json::value_t::number_unsigned:
      if (value.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
        return ForeignValue{"a number this large"};
      }
      return value.get<std::int64_t>();
    case json::value_t::array:
      return value_of_array(value);
    case json::value_t::number_float:
      return ForeignValue{"a floating-point number"};
    case json::value_t::object:
      return ForeignValue{"an object"};
    case json::value_t::null:
      return ForeignValue{"null"};
    default:
      return ForeignValue{"text that is no JSON"};
  }
}

std::string json_object(const std::vector<std::pair<std::string, SettingValue>>& members) {
  json object = json::object();
  for (const auto& [name, value] : members) {
    std::visit([&object, &key = name](const auto& held) { object[key] = held; }, value);
  }
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace fairlead
