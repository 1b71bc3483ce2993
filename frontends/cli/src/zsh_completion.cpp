#include "completion_script.hpp"
#include "completion_words.hpp"

namespace fairlead::cli {
namespace {

// In an _arguments specification, inside single quotes.
std::string quoted(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '[' || letter == ']' || letter == ':' || letter == '\\') result += '\\';
    result += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  }
  return result;
}

std::string action(const Flag& flag) {
  if (!flag.choices.empty()) return '(' + join_words(flag.choices, " ") + ')';
  if (flag.value == ValueKind::folder) return "_files -/";
  return flag.value == ValueKind::file ? "_files" : " ";
}

void append_flag(std::string& out, const Flag& flag) {
  const std::string text = '[' + quoted(first_sentence(flag.description)) + ']';
  const std::string value =
      takes_value(flag) ? ':' + std::string(flag.name) + ':' + action(flag) : std::string();
  const std::string many = flag.repeatable ? "*" : "";
  const std::string equals = value.empty() ? "" : "=";  // behind it or in a word of its own
  out += " \\\n        '" + many + "--" + std::string(flag.name) + equals + text + value + '\'';
  if (flag.letter != '\0') {
    out += " \\\n        '" + many + '-' + std::string(1, flag.letter) + text + value + '\'';
  }
}

void append_positionals(std::string& out, const Command& command) {
  if (takes_command_line(command.id)) {
    out += " \\\n        '*::command:_fairlead_rest'";
    return;
  }
  for (const Positional& positional : command.positionals) {
    const std::string where = positional.many ? "*" : "";
    const std::string unlisted = takes_paths(command.id) ? "_files" : " ";
    const std::string choices =
        positional.choices.empty() ? unlisted : '(' + join_words(positional.choices, " ") + ')';
    out += " \\\n        '" + where + ':' + std::string(positional.name) + ':' + choices + '\'';
  }
}

std::string command_case(const Command& command, Mode mode) {
  std::string text = "      '" + command_path(command.id) + "')\n        _arguments -S";
  for (const Flag* flag : offered_flags(command.id, mode)) append_flag(text, *flag);
  append_positionals(text, command);
  return text + " ;;\n";
}

std::string commands_list(CommandId parent, Mode mode) {
  std::string text;
  for (const Command* command : offered_commands(parent, mode)) {
    text += "\n        '" + std::string(command->name) + ':' + quoted(command->purpose) + '\'';
  }
  return text;
}

std::string group_case(const Command& command, Mode mode) {
  return "      '" + command_path(command.id) + "')\n        commands=(" +
         commands_list(command.id, mode) + ")\n        _describe command commands ;;\n";
}

std::string mode_function(std::string_view name, Mode mode) {
  std::string text = "_" + std::string(name) +
                     "_complete() {\n"
                     "  local -a commands\n"
                     "  case $1 in\n"
                     "      '')\n        commands=(" +
                     commands_list(CommandId::top, mode) +
                     ")\n        _describe command commands\n        _arguments -S";
  for (const Flag* flag : offered_flags(CommandId::top, mode)) append_flag(text, *flag);
  text += " ;;\n";
  for (const Command& command : all_commands()) {
    if (!is_offered(command, mode)) continue;
    text += command.group ? group_case(command, mode) : command_case(command, mode);
  }
  return text + "  esac\n}\n";
}

std::string groups() {
  std::string names;
  for (const Command& command : all_commands()) {
    if (command.group && is_offered(command, Mode::fairlead)) {
      names += (names.empty() ? "" : "|") + std::string(command.name);
    }
  }
  return names;
}

// The command's words are taken off the line, so that _arguments sees only what belongs to it.
std::string entry_function() {
  return "# A command of somebody else's, perhaps behind two dashes.\n"
         "_fairlead_rest() {\n"
         "  if [[ ${words[1]} == -- ]]; then\n"
         "    shift words\n"
         "    (( CURRENT-- ))\n"
         "  fi\n"
         "  _normal\n"
         "}\n"
         "_fairlead() {\n"
         "  local mode=fairlead path=\n"
         "  [[ ${words[1]:t} == devcontainer ]] && mode=devcontainer\n"
         "  while (( CURRENT > 2 )) && [[ ${words[2]} != -* ]]; do\n"
         "    path=${path:+$path }${words[2]}\n"
         "    words[2]=()\n"
         "    (( CURRENT-- ))\n"
         "    [[ $path == (" +
         groups() +
         ") ]] || break\n"
         "  done\n"
         "  _${mode}_complete \"$path\"\n"
         "}\n"
         "_fairlead \"$@\"\n";
}

}  // namespace

std::string zsh_completion() {
  return "#compdef fairlead devcontainer\n"
         "# zsh completion of fairlead and devcontainer; written by 'fairlead completion zsh'.\n" +
         mode_function("fairlead", Mode::fairlead) + mode_function("devcontainer", Mode::drop_in) +
         entry_function();
}

}  // namespace fairlead::cli
