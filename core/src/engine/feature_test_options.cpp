#include "engine/feature_test_options.hpp"

#include "base/json_text.hpp"
#include "base/jsonc.hpp"
#include "features/metadata.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <random>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

std::string words(const Json& value) {
  return value.is_string() ? value.get<std::string>() : json_text(value);
}

std::size_t start_index(std::size_t count, bool random) {
  if (!random) return 0;
  std::random_device device;
  return std::uniform_int_distribution<std::size_t>(0, count - 1)(device);
}

Json other_than_default(const Json& values, const Json& standard, bool random) {
  const auto found = std::find(values.begin(), values.end(), standard);
  const auto position = static_cast<std::size_t>(found - values.begin());
  const std::size_t avoided = standard.is_null() ? 0 : position;
  std::size_t index = start_index(values.size(), random);
  if (index == avoided) index = (index + 1) % values.size();
  return values[index];
}

}  // namespace

DuplicateOptions duplicate_options(std::string_view metadata, bool random) {
  DuplicateOptions result;
  Json chosen = Json::object();
  const Json document =
      read_jsonc(metadata, {.file = "devcontainer-feature.json"}).value_or(Json::object());
  const Json options = document.value("options", Json::object());
  std::vector<std::string> defaults;
  for (const auto& [name, option] : options.items()) {
    const Json standard = option.value("default", Json());
    if (option.value("type", Json()) == Json("boolean")) {
      chosen[name] = standard != Json(true);
    }
    for (const char* key : {"proposals", "enum"}) {
      const Json values = option.value(key, Json());
      if (values.is_array() && !values.empty()) {
        chosen[name] = other_than_default(values, standard, random);
      }
    }
    if (!standard.is_null()) {
      defaults.push_back(option_variable(name + "__DEFAULT") + '=' + words(standard));
    }
  }
  for (const auto& [name, value] : chosen.items()) {
    result.variables.push_back(option_variable(name) + '=' + words(value));
  }
  result.variables.insert(result.variables.end(), defaults.begin(), defaults.end());
  result.chosen = json_text(chosen);
  return result;
}

}  // namespace fairlead
