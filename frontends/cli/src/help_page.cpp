#include "help_page.hpp"

#include "flag.hpp"

#include <algorithm>
#include <array>

namespace fairlead::cli {
namespace {

struct Heading {
  FlagGroup group;
  std::string_view text;
};

constexpr std::array headings = {
    Heading{FlagGroup::workspace, "Workspace"}, Heading{FlagGroup::container, "Container"},
    Heading{FlagGroup::image, "Image"},         Heading{FlagGroup::lifecycle, "Lifecycle"},
    Heading{FlagGroup::features, "Features"},   Heading{FlagGroup::engine, "Runtime"},
    Heading{FlagGroup::output, "Output"},       Heading{FlagGroup::general, "General"}};

// Breaks `text` at spaces; every line after the first begins with `indent` spaces.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns) {
  std::string result;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const bool first = column == indent;
    if (!first && column + 1 + word.size() > columns) {
      result += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result;
}

// A term and its explanation; the explanation goes below a term that is too long for its column.
std::string entry(const std::string& term, const std::string& text, std::size_t indent,
                  std::size_t columns) {
  std::string line = "  " + term;
  line += line.size() + 2 <= indent ? std::string(indent - line.size(), ' ')
                                    : '\n' + std::string(indent, ' ');
  return line + wrapped(text, indent, columns) + '\n';
}

std::string joined(std::span<const std::string_view> words, std::string_view between) {
  std::string text;
  for (std::string_view word : words) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

std::string placeholder(const Flag& flag) {
  if (flag.type == FlagType::boolean) return {};
  if (flag.type == FlagType::number) return " N";
  if (!flag.choices.empty()) return " WORD";
  if (flag.value == ValueKind::folder) return " FOLDER";
  return flag.value == ValueKind::file ? " FILE" : " TEXT";
}

std::string flag_term(const Flag& flag) {
  char letter = flag.letter;
  if (flag.name == "help") letter = 'h';
  return (letter ? std::string("-") + letter + ", " : "    ") + "--" + std::string(flag.name) +
         placeholder(flag);
}

std::string flag_text(const Flag& flag) {
  std::string text(flag.description);
  if (!text.ends_with('.')) text += '.';
  if (!flag.choices.empty()) text += " One of: " + joined(flag.choices, ", ") + '.';
  const bool plain_no = flag.type == FlagType::boolean && flag.default_value != "true";
  if (flag.has_default && !flag.default_value.empty() && !plain_no) {
    text += " Default: " + std::string(flag.default_value) + '.';
  }
  if (flag.required) text += " Required.";
  return flag.repeatable ? text + " May be repeated." : text;
}

std::string flags_text(CommandId command, std::size_t columns) {
  const std::vector<const Flag*> flags = flags_of(command, Mode::fairlead);
  std::string text;
  for (const Heading& heading : headings) {
    std::string part;
    for (const Flag* flag : flags) {
      if (flag->group != heading.group || flag->hidden) continue;
      part += entry(flag_term(*flag), flag_text(*flag), 40, columns);
    }
    if (!part.empty()) text += '\n' + std::string(heading.text) + ":\n" + part;
  }
  return text;
}

std::string commands_text(CommandId parent, std::size_t columns) {
  std::string text;
  for (const Command& command : all_commands()) {
    if (command.parent != parent || !is_offered(command, Mode::fairlead)) continue;
    text += entry(std::string(command.name), std::string(command.purpose), 22, columns);
  }
  return text.empty() ? "" : "\nCommands:\n" + text;
}

std::string usage_line(const Command& command) {
  std::string text = "Usage: fairlead " + command_path(command.id);
  if (command.group) return text + " <command> [options]\n";
  text += " [options]";
  if (takes_command_line(command.id)) return text + " [--] CMD [ARGS...]\n";
  for (const Positional& positional : command.positionals) {
    std::string name(positional.name);
    if (!positional.choices.empty()) name = joined(positional.choices, "|");
    if (positional.many) name += "...";
    text += positional.required ? " <" + name + '>' : " [" + name + ']';
  }
  return text + '\n';
}

std::string examples_text(std::span<const Example> examples) {
  std::string text;
  for (const Example& example : examples) {
    text += "  fairlead " + std::string(example.arguments) + "\n      " +
            std::string(example.meaning) + '\n';
  }
  return text.empty() ? "" : "\nExamples:\n" + text;
}

std::string top_page(std::size_t columns) {
  constexpr std::array examples = {Example{"up", "bring up the project in this folder"},
                                   Example{"exec -- make test", "run a command in it"},
                                   Example{"list", "what runs"}};
  return "fairlead brings up development containers on the runtime of your choice.\n\n"
         "Usage: fairlead <command> [options]\n" +
         commands_text(CommandId::top, columns) + flags_text(CommandId::top, columns) +
         examples_text(examples) + "\n'fairlead help <command>' explains a command.\n";
}

}  // namespace

std::string help_page(CommandId id, std::size_t columns) {
  columns = std::clamp<std::size_t>(columns, 60, 100);
  if (id == CommandId::top) return top_page(columns);
  const Command& command = command_of(id);
  return "fairlead " + command_path(id) + ": " + std::string(command.purpose) + "\n\n" +
         usage_line(command) + commands_text(id, columns) + flags_text(id, columns) +
         examples_text(command.examples);
}

}  // namespace fairlead::cli
