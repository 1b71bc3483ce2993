#include "run_args.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace fairlead::engine {
namespace {

double leading_number(std::string_view& text) {
  double number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{})
    throw BadValue{"'" + std::string(text) + "' does not begin with a number"};
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return out;
}

struct TimeUnit {
  std::string_view name;
  double nanoseconds;
};
constexpr std::array time_units{
    TimeUnit{"ns", 1},     TimeUnit{"us", 1e3}, TimeUnit{"µs", 1e3}, TimeUnit{"ms", 1e6},
    TimeUnit{"h", 3600e9}, TimeUnit{"m", 60e9}, TimeUnit{"s", 1e9},
};

const TimeUnit& take_unit(std::string_view& text) {
  for (const auto& unit : time_units) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return unit;
  }
  throw BadValue{"a duration needs its unit, as in '30s'"};
}

}  // namespace

std::int64_t parse_bytes(std::string_view text) {
  constexpr std::string_view prefixes = "kmgtp";
  auto rest = text;
  const double number = leading_number(rest);
  auto unit = lower(rest);
  if (unit.starts_with(' ')) unit.erase(0, 1);
  std::size_t power = 0;
  if (!unit.empty() && unit != "b") {
    const auto place = prefixes.find(unit.front());
    const auto tail = unit.substr(1);
    if (place == std::string_view::npos || (!tail.empty() && tail != "b" && tail != "ib")) {
      throw BadValue{"'" + std::string(text) + "' is not a size such as 512m or 2g"};
    }
    power = place + 1;
  }
  if (number < 0) throw BadValue{"'" + std::string(text) + "' is negative"};
  return static_cast<std::int64_t>(number * std::pow(1024.0, static_cast<double>(power)));
}

std::int64_t parse_nanocpus(std::string_view text) {
  auto rest = text;
  const double number = leading_number(rest);
  if (!rest.empty()) throw BadValue{"'" + std::string(text) + "' is not a number of CPUs"};
  return std::llround(number * 1e9);
}

std::int64_t parse_nanoseconds(std::string_view text) {
  if (text == "0") return 0;
  double total = 0;
  auto rest = text;
  do {
    const double number = leading_number(rest);
    total += number * take_unit(rest).nanoseconds;
  } while (!rest.empty());
  return std::llround(total);
}

std::int64_t parse_integer(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || end != text.data() + text.size()) {
    throw BadValue{"'" + std::string(text) + "' is not a whole number"};
  }
  return number;
}

std::uint32_t parse_octal(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number, 8);
  if (fault != std::errc{} || end != text.data() + text.size()) {
    throw BadValue{"'" + std::string(text) + "' is not a mode such as 1770"};
  }
  return number;
}

bool parse_boolean(std::string_view text) {
  const auto word = lower(text);
  if (word == "1" || word == "t" || word == "true") return true;
  if (word == "0" || word == "f" || word == "false") return false;
  throw BadValue{"'" + std::string(text) + "' is neither true nor false"};
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string> split_csv(std::string_view text) {
  std::vector<std::string> fields{""};
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') {
      fields.back() += '"';
      ++i;
    } else if (c == '"' && (quoted || fields.back().empty())) {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  if (quoted) throw BadValue{"a quote is not closed"};
  return fields;
}

std::pair<std::string, std::string> split_pair(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return {std::string(text), ""};
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

}  // namespace fairlead::engine
