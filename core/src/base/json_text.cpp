#include "base/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

/// The array index that `name` is: a canonical decimal below 2^32 - 1.
std::optional<std::uint32_t> array_index(std::string_view name) {
  if (name.empty() || name.size() > 10 || (name.size() > 1 && name[0] == '0')) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : name) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (value >= 0xFFFFFFFFULL) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

void write_string(std::string& out, std::string_view text) {
  static constexpr std::string_view hex = "0123456789abcdef";
  static constexpr std::string_view named = "btn_fr";  // escapes of the bytes 8 to 13
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte >= 0x20) {
      out += c;
    } else if (byte >= 8 && byte <= 13 && byte != 11) {
      out += '\\';
      out += named[byte - 8U];
    } else {
      out += "\\u00";
      out += hex[byte >> 4U];
      out += hex[byte & 0xFU];
    }
  }
  out += '"';
}

void write(std::string& out, const Json& value);

void write_members(std::string& out, const Json& value) {
  std::vector<std::pair<std::uint32_t, const Json*>> indexed;
  for (auto member = value.begin(); member != value.end(); ++member) {
    if (const auto index = array_index(member.key())) indexed.emplace_back(*index, &*member);
  }
  std::sort(indexed.begin(), indexed.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  char separator = '{';
  const auto add = [&](std::string_view name, const Json& member) {
    out += separator;
    separator = ',';
    write_string(out, name);
    out += ':';
    write(out, member);
  };
  for (const auto& [index, member] : indexed) add(std::to_string(index), *member);
  for (auto member = value.begin(); member != value.end(); ++member) {
    if (indexed.empty() || !array_index(member.key())) add(member.key(), *member);
  }
  out += separator == '{' ? "{}" : "}";
}

void write_items(std::string& out, const Json& value) {
  char separator = '[';
  for (const Json& item : value) {
    out += separator;
    separator = ',';
    write(out, item);
  }
  out += separator == '[' ? "[]" : "]";
}

void write(std::string& out, const Json& value) {
  switch (value.type()) {
    case Json::value_t::object:
      return write_members(out, value);
    case Json::value_t::array:
      return write_items(out, value);
    case Json::value_t::string:
      return write_string(out, value.get_ref<const std::string&>());
    case Json::value_t::boolean:
      out += value.get<bool>() ? "true" : "false";
      return;
    case Json::value_t::number_integer:
      out += std::to_string(value.get<std::int64_t>());
      return;
    case Json::value_t::number_unsigned:
      out += std::to_string(value.get<std::uint64_t>());
      return;
    case Json::value_t::number_float:
      out += json_number(value.get<double>());
      return;
    default:
      out += "null";
  }
}

}  // namespace

std::string json_number(double number) {
  if (!std::isfinite(number)) return "null";
  if (number == 0) return "0";
  // Shortest digits that read back to the same number, as d.ddde±xx; then laid out as ECMA-262
  // says.
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(number),
                                 std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
  const std::size_t e = text.find('e');
  std::string digits(text.substr(0, 1));
  if (e > 1) digits += text.substr(2, e - 2);
  int exponent = 0;
  const char* from = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(from, text.data() + text.size(), exponent);

  std::string out = number < 0 ? "-" : "";
  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // digits before the decimal point
  if (point > 21 || point < -5) {
    out += digits[0];
    if (count > 1) out += '.' + digits.substr(1);
    return out + 'e' + (exponent < 0 ? '-' : '+') + std::to_string(std::abs(exponent));
  }
  if (point <= 0) return out + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  if (point >= count)
    return out + digits + std::string(static_cast<std::size_t>(point - count), '0');
  return out + digits.substr(0, static_cast<std::size_t>(point)) + '.' +
         digits.substr(static_cast<std::size_t>(point));
}

std::string json_quoted(std::string_view text) {
  std::string out;
  write_string(out, text);
  return out;
}

std::string json_text(const Json& value) {
  std::string out;
  write(out, value);
  return out;
}

}  // namespace fairlead
