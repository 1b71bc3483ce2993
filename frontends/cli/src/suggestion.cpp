#include "suggestion.hpp"

#include <algorithm>
#include <numeric>

namespace fairlead::cli {
namespace {

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string with_hint(std::string text, const std::string& hint, std::string_view dashes) {
  if (hint.empty()) return text;
  return std::move(text) + "; did you mean '" + std::string(dashes) + hint + "'?";
}

std::string unknown_flag(const std::string& name, CommandId command) {
  std::vector<std::string> names;
  for (const Flag* flag : flags_of(command, Mode::fairlead)) {
    if (!flag->hidden) names.emplace_back(flag->name);
  }
  const std::string_view dashes = name.size() == 1 ? "-" : "--";
  const std::string near = name.size() == 1 ? "" : nearest(name, names);
  return with_hint("unknown option '" + std::string(dashes) + name + "'", near, "--");
}

std::string unknown_word(const std::string& word, CommandId parent) {
  std::vector<std::string> names;
  for (const Command& command : all_commands()) {
    if (command.parent == parent && is_offered(command, Mode::fairlead)) {
      names.emplace_back(command.name);
    }
  }
  return with_hint("unknown command '" + word + "'", nearest(word, names), "");
}

constexpr std::string_view missing_flag = "Missing required argument: ";
constexpr std::string_view missing_word = "Not enough non-option arguments: got ";
constexpr std::string_view unknown = "Unknown argument";

constexpr std::string_view bad_form = "Unmatched argument format: ";
constexpr std::string_view twice = "Argument may be given only once: ";
constexpr std::string_view bad_values = "Invalid values:\n  Argument: ";

std::string missing_words(const Command& command) {
  std::string names;
  for (const Positional& positional : command.positionals) {
    if (positional.required) names += " <" + std::string(positional.name) + '>';
  }
  return "needs" + names;
}

std::string flag_or_word(std::string_view name, const Command& command) {
  const bool word = std::ranges::any_of(
      command.positionals, [&](const Positional& positional) { return positional.name == name; });
  return word ? '<' + std::string(name) + '>' : "--" + std::string(name);
}

/// "NAME, Given: VALUE, Choices: A, B": the first of them.
std::string bad_value(std::string_view rest, const Command& command) {
  constexpr std::string_view given = ", Given: ";
  constexpr std::string_view choices = ", Choices: ";
  rest = rest.substr(0, rest.find('\n'));
  const auto value = rest.find(given);
  const auto offered = rest.find(choices);
  return flag_or_word(rest.substr(0, value), command) + " cannot be " +
         std::string(rest.substr(value + given.size(), offered - value - given.size())) +
         "; it is one of " + std::string(rest.substr(offered + choices.size()));
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  const std::size_t limit = std::max<std::size_t>(1, word.size() / 3);
  std::size_t best = limit + 1;
  std::string result;
  for (const std::string& candidate : candidates) {
    const std::size_t far = distance(word, candidate);
    if (far < best) {
      best = far;
      result = candidate;
    }
  }
  return result;
}

std::string describe_unknown(const Scan& scan, CommandId command) {
  if (!scan.unknown.empty()) return unknown_flag(scan.unknown.front(), command);
  return unknown_word(scan.words.front().text, command);
}

std::string in_own_words(std::string fault, const Command& command) {
  if (fault.starts_with(missing_flag)) {
    return "needs --" + fault.substr(missing_flag.size());
  }
  if (fault.starts_with(missing_word)) return missing_words(command);
  if (fault.starts_with(unknown))
    return "unexpected argument '" + fault.substr(fault.find(": ") + 2) + "'";
  if (fault.starts_with(bad_form)) return "--" + fault.substr(bad_form.size());
  if (fault.starts_with(twice)) return "--" + fault.substr(twice.size()) + " is given twice";
  if (fault.starts_with(bad_values)) return bad_value(fault.substr(bad_values.size()), command);
  return fault;
}

}  // namespace fairlead::cli
