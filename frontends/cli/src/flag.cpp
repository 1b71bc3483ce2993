#include "flag.hpp"

#include <algorithm>
#include <cctype>

namespace fairlead::cli {
namespace {

char upper(char letter) {
  return static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
}
char lower(char letter) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
}
bool is_separator(char letter) { return letter == '-' || letter == '_'; }

// The name with mixed case kept: "A-B" has one case only and is lowered, "Ab-c" is not.
std::string in_one_case(std::string_view name) {
  std::string text(name);
  const bool has_upper =
      std::any_of(text.begin(), text.end(), [](char c) { return lower(c) != c; });
  const bool has_lower =
      std::any_of(text.begin(), text.end(), [](char c) { return upper(c) != c; });
  if (has_upper && has_lower) return text;
  std::transform(text.begin(), text.end(), text.begin(), lower);
  return text;
}

// Compares without building the camelCase text: this runs for every flag of every argument.
bool equals_camel_case(std::string_view kebab, std::string_view word) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < kebab.size(); ++i, ++at) {
    const bool joint = kebab[i] == '-';
    if (joint) ++i;
    if (at >= word.size() || word[at] != (joint ? upper(kebab[i]) : kebab[i])) return false;
  }
  return at == word.size();
}

bool is_named(const Flag& flag, std::string_view name) {
  if (name.size() == 1 && flag.letter != '\0') return name.front() == flag.letter;
  return flag.name == name || equals_camel_case(flag.name, name);
}

}  // namespace

bool applies(const Flag& flag, CommandId command, Mode mode) {
  return (flag.commands & bit(command)) != 0 && (mode == Mode::fairlead || !flag.own);
}

std::vector<const Flag*> flags_of(CommandId command, Mode mode) {
  std::vector<const Flag*> found;
  for (const Flag& flag : all_flags()) {
    if (applies(flag, command, mode)) found.push_back(&flag);
  }
  return found;
}

const Flag* find_flag(std::string_view name, CommandId command, Mode mode) {
  if (name == "h" && mode == Mode::fairlead) name = "help";
  for (const Flag& flag : all_flags()) {
    if (applies(flag, command, mode) && is_named(flag, name)) return &flag;
  }
  return nullptr;
}

std::string camel_case(std::string_view name) {
  const std::string text = in_one_case(name);
  std::string result;
  bool raise = false;
  for (std::size_t i = std::min(text.find_first_not_of('-'), text.size()); i < text.size(); ++i) {
    if (is_separator(text[i])) {
      raise = !result.empty();
    } else {
      result += raise ? upper(text[i]) : text[i];
      raise = false;
    }
  }
  return result;
}

}  // namespace fairlead::cli
