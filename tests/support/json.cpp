#include "support/json.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace fairlead::test {
namespace {

nlohmann::json parse(const std::string& text) {
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception&) {
    throw std::runtime_error("not JSON: " + text);
  }
}

std::string word(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

std::string json_at(const std::string& text, const std::string& pointer) {
  const nlohmann::json document = parse(text);
  const nlohmann::json::json_pointer place(pointer);
  return document.contains(place) ? word(document.at(place)) : "";
}

std::vector<std::string> json_items(const std::string& text, const std::string& pointer) {
  const nlohmann::json document = parse(text);
  const nlohmann::json::json_pointer place(pointer);
  std::vector<std::string> items;
  if (!document.contains(place)) return items;
  for (const auto& item : document.at(place)) items.push_back(word(item));
  return items;
}

std::string json_quote(const std::string& text) { return nlohmann::json(text).dump(); }

}  // namespace fairlead::test
