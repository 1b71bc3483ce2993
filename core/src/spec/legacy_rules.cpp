#include "base/jsonc.hpp"
#include "spec/config_values.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace fairlead {
namespace {

struct Moved {
  std::string_view name;
  std::string_view hint;
};

constexpr std::array<Moved, 7> moved = {{
    {"dockerFile", "write \"build\": {\"dockerfile\": …}"},
    {"context", "write \"build\": {\"context\": …}"},
    {"extensions", "write \"customizations\": {\"vscode\": {\"extensions\": …}}"},
    {"settings", "write \"customizations\": {\"vscode\": {\"settings\": …}}"},
    {"devPort", "write \"customizations\": {\"vscode\": {\"devPort\": …}}"},
    {"codespaces", "write \"customizations\": {\"codespaces\": …}"},
    {"appPort", "\"forwardPorts\" forwards ports without publishing them"},
}};

void note_old_names(const Values& values) {
  for (const Moved& old : moved) {
    if (values.get(old.name) == nullptr) continue;
    values.report({.pointer = values.pointer(old.name),
                   .severity = Severity::note,
                   .code = "config.deprecated",
                   .message = '"' + std::string(old.name) + "\" is an old form",
                   .hint = std::string(old.hint),
                   .at_name = true});
  }
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name(std::string_view text) {
  return !text.empty() && is_letter_or_digit(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool is_number(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && (text == "0" || text.front() != '0') &&
         std::all_of(text.begin(), text.end(), digit);
}

/// Dot-separated words of letters, digits and hyphens; of numbers no leading zero where `strict`.
bool are_words(std::string_view text, bool strict) {
  for (;;) {
    const std::size_t dot = text.find('.');
    const std::string_view word = text.substr(0, dot);
    const bool digits =
        std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
    const bool letters = std::all_of(word.begin(), word.end(),
                                     [](char c) { return is_letter_or_digit(c) || c == '-'; });
    if (word.empty() || !letters || (strict && digits && !is_number(word))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

/// A version of semantic versioning.
bool is_version(std::string_view text) {
  const std::size_t plus = text.find('+');
  if (plus != std::string_view::npos && !are_words(text.substr(plus + 1), false)) return false;
  text = text.substr(0, plus);
  const std::size_t minus = text.find('-');
  if (minus != std::string_view::npos && !are_words(text.substr(minus + 1), true)) return false;
  text = text.substr(0, minus);
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  return second != std::string_view::npos && is_number(text.substr(0, first)) &&
         is_number(text.substr(first + 1, second - first - 1)) &&
         is_number(text.substr(second + 1));
}

/// publisher.name or publisher.name@version
bool is_extension(std::string_view id) {
  const std::size_t at = id.find('@');
  if (at != std::string_view::npos && !is_version(id.substr(at + 1))) return false;
  const std::string_view name = id.substr(0, at);
  const std::size_t dot = name.find('.');
  return dot != std::string_view::npos && is_name(name.substr(0, dot)) &&
         is_name(name.substr(dot + 1));
}

void judge_extensions(const Values& values) {
  const auto ids = values.texts("extensions");
  const Json* list = values.get("extensions");
  for (std::size_t i = 0; list != nullptr && list->is_array() && i < list->size(); ++i) {
    const Json& item = (*list)[i];
    if (!item.is_string()) continue;
    const auto& id = item.get_ref<const std::string&>();
    if (!values.settled(id) || is_extension(id)) continue;
    values.report({.pointer = values.pointer("extensions") + '/' + std::to_string(i),
                   .severity = Severity::warning,
                   .code = "config.form",
                   .message = '"' + id + "\" is no extension's id",
                   .hint = "publisher.name or publisher.name@1.2.3"});
  }
}

}  // namespace

void judge_legacy(const Values& values) {
  if (!values.wants_advice()) return;
  note_old_names(values);
  judge_extensions(values);
  values.object("settings");
  values.object("codespaces");
  const Json* port = values.get("devPort");
  if (port != nullptr && !port->is_number_integer()) {
    values.wrong_type(values.pointer("devPort"), "\"devPort\"", "a whole number", *port);
  }
}

void judge_names(const Values& values) { values.only(known_properties(), {}); }

}  // namespace fairlead
