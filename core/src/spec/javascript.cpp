#include "spec/javascript.hpp"

#include "base/json_text.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string_view>

namespace fairlead::javascript {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

double number_of_text(std::string_view text) {
  const std::string word(trim(text));
  if (word.empty()) return 0;
  const auto unsigned_word = word.substr(word.front() == '+' || word.front() == '-' ? 1 : 0);
  if (unsigned_word == "Infinity") {
    return word.front() == '-' ? -std::numeric_limits<double>::infinity()
                               : std::numeric_limits<double>::infinity();
  }
  // strtod also reads words and binary exponents, JavaScript does not.
  const bool hexadecimal = word.starts_with("0x") || word.starts_with("0X");
  const auto* allowed = hexadecimal ? "0123456789abcdefABCDEFxX" : "0123456789+-.eE";
  if (word.find_first_not_of(allowed) != std::string::npos) return not_a_number;
  char* end = nullptr;
  const double number = std::strtod(word.c_str(), &end);
  return end == word.c_str() + word.size() ? number : not_a_number;
}

double number_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (value.is_null()) return 0;
  if (value.is_object()) return not_a_number;
  return number_of_text(text_of(value));
}

std::size_t character_length(unsigned char first) {
  if (first < 0xC0U) return 1;
  if (first < 0xE0U) return 2;
  return first < 0xF0U ? 3 : 4;
}

}  // namespace

double number_or_zero(const Json* value) { return truthy(value) ? number_of(*value) : 0; }

std::string text_of(const Json& value) {
  if (value.is_object()) return "[object Object]";
  if (!value.is_array()) return scalar_text(value);
  std::string out;
  for (const Json& item : value) {
    if (&item != &value.front()) out += ',';
    if (!item.is_null()) out += text_of(item);
  }
  return out;
}

std::string number_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  return json_number(number);
}

std::vector<const Json*> items_of(const Json& value) {
  if (!value.is_array()) return {&value};
  std::vector<const Json*> out;
  for (const Json& item : value) out.push_back(&item);
  return out;
}

std::vector<std::pair<std::string, Json>> members_of(const Json& value) {
  std::vector<std::pair<std::string, Json>> out;
  if (value.is_object()) {
    for (const auto& [name, item] : value.items()) out.emplace_back(name, item);
  } else if (value.is_array()) {
    for (const Json& item : value) out.emplace_back(std::to_string(out.size()), item);
  } else if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    for (std::size_t at = 0; at < text.size();) {
      const auto length = character_length(static_cast<unsigned char>(text[at]));
      out.emplace_back(std::to_string(out.size()), text.substr(at, length));
      at += length;
    }
  }
  return out;
}

}  // namespace fairlead::javascript
