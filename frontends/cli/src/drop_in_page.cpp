#include "flag.hpp"
#include "help_page.hpp"
#include "json_text.hpp"
#include "version.hpp"

#include <algorithm>

namespace fairlead::cli {
namespace {

// One line of a table: what stands left, what stands right.
struct Row {
  std::string left;
  std::string right;
};

std::string rows_text(const std::vector<Row>& rows) {
  std::size_t width = 0;
  for (const Row& row : rows) width = std::max(width, row.left.size());
  std::string text;
  for (const Row& row : rows) {
    text += "  " + row.left + std::string(width - row.left.size() + 2, ' ') + row.right + '\n';
  }
  return text;
}

std::string usage_words(const Command& command) {
  std::string text = "devcontainer " + command_path(command.id);
  for (const Positional& positional : command.positionals) {
    if (positional.own) continue;
    const std::string name = std::string(positional.name) + (positional.many ? ".." : "");
    text += positional.required ? " <" + name + '>' : " [" + name + ']';
  }
  return text;
}

std::string bracketed(std::string_view text) { return " [" + std::string(text) + ']'; }

std::string choices_text(std::span<const std::string_view> choices) {
  if (choices.empty()) return {};
  std::string names;
  for (std::string_view choice : choices)
    names += (names.empty() ? "" : ", ") + json_string(choice);
  return bracketed("choices: " + names);
}

std::string type_text(const Flag& flag) {
  if (!flag.choices.empty()) return {};
  switch (flag.type) {
    case FlagType::text:
      return bracketed("string");
    case FlagType::boolean:
      return bracketed("boolean");
    case FlagType::number:
      return bracketed("number");
    case FlagType::each:
    case FlagType::list:
      break;
  }
  return bracketed("array");
}

std::string default_text(const Flag& flag) {
  if (!flag.has_default) return {};
  const bool is_word = flag.type == FlagType::boolean;
  return bracketed("default: " +
                   (is_word ? std::string(flag.default_value) : json_string(flag.default_value)));
}

Row flag_row(const Flag& flag, bool with_letters) {
  std::string left = "--" + std::string(flag.name);
  if (with_letters) left = (flag.letter ? std::string("-") + flag.letter + ", " : "    ") + left;
  return {left, std::string(flag.description) + ' ' + type_text(flag) +
                    (flag.required ? bracketed("required") : "") + choices_text(flag.choices) +
                    default_text(flag)};
}

std::string options_text(CommandId command) {
  std::vector<const Flag*> flags = flags_of(command, Mode::drop_in);
  std::erase_if(flags, [](const Flag* flag) { return flag->hidden; });
  const bool letters = std::any_of(flags.begin(), flags.end(),
                                   [](const Flag* flag) { return flag->letter != '\0'; });
  std::vector<Row> rows;
  for (const Flag* flag : flags) rows.push_back(flag_row(*flag, letters));
  return "\nOptions:\n" + rows_text(rows);
}

std::string commands_text(CommandId parent) {
  std::vector<Row> rows;
  for (const Command& command : all_commands()) {
    if (command.parent == parent && is_offered(command, Mode::drop_in)) {
      rows.push_back({usage_words(command), std::string(command.purpose)});
    }
  }
  return rows.empty() ? "" : "\nCommands:\n" + rows_text(rows);
}

std::string positional_type(const Positional& positional) {
  if (positional.many) return bracketed("array");
  return positional.choices.empty() ? bracketed("string") : "";
}

std::string positional_default(const Positional& positional) {
  if (positional.many) return bracketed("default: []");
  if (positional.default_value.empty()) return {};
  return bracketed("default: " + json_string(positional.default_value));
}

std::string positionals_text(const Command& command) {
  if (command.positionals.empty() || command.id == CommandId::build) return {};
  std::vector<Row> rows;
  for (const Positional& positional : command.positionals) {
    if (positional.own) continue;
    rows.push_back({std::string(positional.name),
                    std::string(positional.description) + ' ' + positional_type(positional) +
                        (positional.required ? bracketed("required") : "") +
                        choices_text(positional.choices) + positional_default(positional)});
  }
  return rows.empty() ? std::string() : "\nPositionals:\n" + rows_text(rows);
}

std::string closing_line(const std::string& package_folder) {
  return "\ndevcontainer@" + std::string(reference_version) + ' ' + package_folder + '\n';
}

}  // namespace

std::string drop_in_page(CommandId id, const std::string& package_folder) {
  if (id == CommandId::top) {
    return "devcontainer <command>\n" + commands_text(id) + options_text(id) +
           closing_line(package_folder);
  }
  const Command& command = command_of(id);
  return usage_words(command) + "\n\n" + std::string(command.purpose) + '\n' + commands_text(id) +
         positionals_text(command) + options_text(id);
}

std::string drop_in_usage_error(CommandId id, const std::string& message,
                                const std::string& package_folder) {
  std::string text = drop_in_page(id, package_folder);
  // The reference parses exec a second time, as the program's default command, hence its closing
  // line.
  if (id == CommandId::exec) text += closing_line(package_folder);
  return text + '\n' + message + '\n';
}

}  // namespace fairlead::cli
