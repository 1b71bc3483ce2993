#include "completion_script.hpp"
#include "completion_words.hpp"

namespace fairlead::cli {
namespace {

std::string in_quotes(std::string_view text) {
  std::string result = "'";
  for (const char letter : text) {
    if (letter == '\'' || letter == '\\') result += '\\';
    result += letter;
  }
  return result + '\'';
}

std::string offered_names(CommandId parent, Mode mode) {
  std::string names;
  for (const Command* command : offered_commands(parent, mode)) {
    names += (names.empty() ? "" : " ") + std::string(command->name);
  }
  return names;
}

// When a completion applies: after which command's words.
std::string condition(CommandId id, Mode mode) {
  if (id == CommandId::top) return "not __fish_seen_subcommand_from " + offered_names(id, mode);
  const Command& command = command_of(id);
  std::string text = "__fish_seen_subcommand_from " + std::string(command.name);
  if (command.parent != CommandId::top) {
    return "__fish_seen_subcommand_from " + std::string(command_of(command.parent).name) +
           "; and " + text;
  }
  if (!command.group) return text;
  return text + "; and not __fish_seen_subcommand_from " + offered_names(id, mode);
}

std::string value_part(const Flag& flag) {
  if (!takes_value(flag)) return {};
  if (!flag.choices.empty()) return " -x -a " + in_quotes(join_words(flag.choices, " "));
  if (flag.value == ValueKind::folder) return " -x -a '(__fish_complete_directories)'";
  return flag.value == ValueKind::file ? " -r -F" : " -x";
}

void append_command(std::string& out, const std::string& prefix, CommandId id, Mode mode) {
  const std::string start = prefix + " -n " + in_quotes(condition(id, mode));
  for (const Command* command : offered_commands(id, mode)) {
    out +=
        start + " -a " + std::string(command->name) + " -d " + in_quotes(command->purpose) + '\n';
  }
  for (const Flag* flag : offered_flags(id, mode)) {
    out += start + " -l " + std::string(flag->name);
    if (flag->letter != '\0') out += std::string(" -s ") + flag->letter;
    out += value_part(*flag) + " -d " + in_quotes(first_sentence(flag->description)) + '\n';
  }
  if (id == CommandId::top) return;
  for (const Positional& positional : command_of(id).positionals) {
    if (positional.choices.empty()) continue;
    out += start + " -a " + in_quotes(join_words(positional.choices, " ")) + '\n';
  }
}

std::string mode_part(const std::string& program, Mode mode) {
  const std::string prefix = "complete -c " + program;
  std::string text = prefix + " -f\n";
  append_command(text, prefix, CommandId::top, mode);
  for (const Command& command : all_commands()) {
    if (is_offered(command, mode)) append_command(text, prefix, command.id, mode);
  }
  for (const Command& command : all_commands()) {
    if (!is_offered(command, mode) || !takes_paths(command.id)) continue;
    text += prefix + " -n '" + condition(command.id, mode) + "' -F\n";
  }
  return text;
}

}  // namespace

std::string fish_completion() {
  return "# fish completion of fairlead and devcontainer; written by 'fairlead completion "
         "fish'.\n" +
         mode_part("fairlead", Mode::fairlead) + mode_part("devcontainer", Mode::drop_in);
}

}  // namespace fairlead::cli
