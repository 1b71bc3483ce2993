#include "settings/value.hpp"

#include "settings/value_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <type_traits>

namespace fairlead {
namespace {

using Read = std::variant<SettingValue, std::string>;

constexpr std::array<std::string_view, 4> type_words = {"string", "boolean", "integer", "strings"};
constexpr std::array<std::string_view, 4> type_names = {"a string", "true or false", "an integer",
                                                        "an array of strings"};

std::string_view name_of(SettingType type) { return type_names[static_cast<std::size_t>(type)]; }

std::string expected(SettingType type, std::string_view found) {
  return std::string(name_of(type)) + " expected, not " + std::string(found);
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    if (comma > 0) items.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

std::optional<std::int64_t> integer(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Read read_text(const std::string& text, SettingType type) {
  const std::string quoted = "'" + text + "'";
  switch (type) {
    case SettingType::boolean:
      if (text != "true" && text != "false") return expected(type, quoted);
      return SettingValue(text == "true");
    case SettingType::integer:
      if (const auto number = integer(text)) return SettingValue(*number);
      return expected(type, quoted);
    case SettingType::strings:
      if (text.empty() || text.front() != '[') return SettingValue(split_at_commas(text));
      if (RawValue array = value_of_json(text);
          std::holds_alternative<std::vector<std::string>>(array))
        return SettingValue(std::get<std::vector<std::string>>(std::move(array)));
      return expected(type, quoted);
    case SettingType::string:
      break;
  }
  return SettingValue(text);
}

void append_quoted(std::string& out, std::string_view text) {
  static constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      out += '\\';
      out += letter;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += digits[byte >> 4U];
      out += digits[byte & 0xfU];
    } else {
      out += letter;
    }
  }
  out += '"';
}

struct TomlWriter {
  std::string operator()(const std::string& text) const {
    std::string out;
    append_quoted(out, text);
    return out;
  }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(const std::vector<std::string>& items) const {
    std::string out = "[";
    for (const auto& item : items) {
      if (out.size() > 1) out += ", ";
      append_quoted(out, item);
    }
    return out + "]";
  }
};

}  // namespace

std::string_view to_string(SettingType type) { return type_words[static_cast<std::size_t>(type)]; }

std::optional<SettingType> setting_type(std::string_view word) {
  for (std::size_t i = 0; i < type_words.size(); ++i) {
    if (type_words[i] == word) return static_cast<SettingType>(i);
  }
  return std::nullopt;
}

std::string to_toml(const SettingValue& value) { return std::visit(TomlWriter{}, value); }

Read value_of(const RawValue& raw, SettingType type) {
  if (const auto* text = std::get_if<UntypedText>(&raw)) return read_text(text->text, type);
  if (const auto* foreign = std::get_if<ForeignValue>(&raw)) return expected(type, foreign->what);
  SettingValue value = std::visit(
      [](const auto& held) -> SettingValue {
        if constexpr (std::is_constructible_v<SettingValue, decltype(held)>) return held;
        return {};
      },
      raw);
  if (value.index() != static_cast<std::size_t>(type)) {
    return expected(type, name_of(static_cast<SettingType>(value.index())));
  }
  return value;
}

}  // namespace fairlead
