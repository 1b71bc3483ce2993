#include "spec/json_access.hpp"

#include "base/json_text.hpp"

#include <utility>

namespace fairlead {

const Json* member(const Json& value, std::string_view name) {
  if (!value.is_object()) return nullptr;
  for (const auto& entry : value.get_ref<const Json::object_t&>()) {
    if (entry.first == name) return &entry.second;
  }
  return nullptr;
}

bool truthy(const Json* value) {
  if (value == nullptr || value->is_null()) return false;
  if (value->is_boolean()) return value->get<bool>();
  if (value->is_string()) return !value->get_ref<const std::string&>().empty();
  if (value->is_number()) return value->get<double>() != 0;
  return true;
}

void set_member(Json& object, std::string_view name, Json value) {
  auto& entries = object.get_ref<Json::object_t&>();
  for (auto& entry : entries) {
    if (entry.first == name) {
      entry.second = std::move(value);
      return;
    }
  }
  entries.emplace_back(std::string(name), std::move(value));
}

std::string text_member(const Json& value, std::string_view name) {
  const Json* found = member(value, name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

std::string scalar_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : json_text(value);
}

std::string kind_of(const Json& value) {
  switch (value.type()) {
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "an array";
    case Json::value_t::string:
      return "a string";
    case Json::value_t::boolean:
      return "a boolean";
    case Json::value_t::null:
      return "null";
    default:
      return "a number";
  }
}

}  // namespace fairlead
