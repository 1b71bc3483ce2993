#include "completion_script.hpp"
#include "completion_words.hpp"

namespace fairlead::cli {
namespace {

// The command line is walked word by word: the first words that are neither flags nor flags' values
// name the command. Only what bash itself has is used, no bash-completion library.
// clang-format off
constexpr std::string_view walk = R"sh(
_fairlead() {
  local words=() previous current mode=fairlead path= word i joined=
  # bash makes three words of --flag=value.
  for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    if [[ $word == = && ${#words[@]} -gt 0 && ${words[${#words[@]}-1]} == --* ]]; then
      words[${#words[@]}-1]+==
      joined=1
    elif [[ -n $joined ]]; then
      words[${#words[@]}-1]+=$word
      joined=
    else
      words+=("$word")
    fi
  done
  local last=$((${#words[@]}-1))
  current=${words[last]} previous=${words[last-1]}
  if [[ $current == --*=* ]]; then
    previous=${current%%=*} current=${current#*=}
  elif [[ $previous == --*=* ]]; then
    previous=
  fi
  [[ ${words[0]##*/} == devcontainer ]] && mode=devcontainer
  COMPREPLY=()
  for ((i = 1; i < last; i++)); do
    word=${words[i]}
    if [[ $word == -* ]]; then
      [[ $word != *=* && -n $(_fairlead_value "$word") ]] && ((i++))
    elif [[ -n $(_fairlead_commands "$mode" "$path" "$word") ]]; then
      path=${path:+$path }$word
    else
      [[ $path == exec || $path == run ]] && { compopt -o default 2>/dev/null; return; }
      break
    fi
  done
  case $(_fairlead_value "$previous") in
    folder) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
    file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    text) return ;;
    ?*) mapfile -t COMPREPLY < <(compgen -W "$(_fairlead_choices "$path" "$previous")" -- "$current"); return ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_fairlead_flags "$mode" "$path")" -- "$current")
  elif _fairlead_paths "$path"; then
    compopt -o default 2>/dev/null
  else
    mapfile -t COMPREPLY < <(compgen -W "$(_fairlead_commands "$mode" "$path") $(_fairlead_words "$path")" -- "$current")
  fi
}
complete -F _fairlead fairlead devcontainer
)sh";
// clang-format on

std::string mode_name(Mode mode) { return mode == Mode::fairlead ? "fairlead" : "devcontainer"; }

void append_commands(std::string& out, Mode mode, CommandId parent) {
  std::string names;
  for (const Command* command : offered_commands(parent, mode)) {
    names += (names.empty() ? "" : " ") + std::string(command->name);
  }
  if (names.empty()) return;
  out += "    '" + mode_name(mode) + ':' + command_path(parent) + "') names='" + names + "' ;;\n";
}

std::string commands_function() {
  std::string text =
      "# The commands after the words $2; with $3 only that one.\n"
      "_fairlead_commands() {\n  local names= name\n  case $1:$2 in\n";
  for (Mode mode : {Mode::fairlead, Mode::drop_in}) {
    append_commands(text, mode, CommandId::top);
    for (const Command* command : offered_commands(CommandId::top, mode)) {
      if (command->group) append_commands(text, mode, command->id);
    }
  }
  return text +
         "  esac\n  for name in $names; do\n"
         "    [[ -z $3 || $3 == \"$name\" ]] && echo \"$name\"\n  done\n}\n";
}

void append_flags(std::string& out, Mode mode, CommandId id) {
  out += "    '" + mode_name(mode) + ':' + command_path(id) + "') echo '";
  for (const Flag* flag : offered_flags(id, mode)) out += "--" + std::string(flag->name) + ' ';
  out.back() = '\'';
  out += " ;;\n";
}

std::string flags_function() {
  std::string text = "_fairlead_flags() {\n  case $1:$2 in\n";
  for (Mode mode : {Mode::fairlead, Mode::drop_in}) {
    append_flags(text, mode, CommandId::top);
    for (const Command& command : all_commands()) {
      if (is_offered(command, mode)) append_flags(text, mode, command.id);
    }
  }
  return text + "  esac\n}\n";
}

std::string names_where(bool (*wanted)(const Flag&)) {
  std::string names;
  for (const Flag& flag : all_flags()) {
    const std::string name = "--" + std::string(flag.name);
    const bool known = ('|' + names + '|').find('|' + name + '|') != std::string::npos;
    if (wanted(flag) && !flag.hidden && !known) names += (names.empty() ? "" : "|") + name;
  }
  return names;
}

std::string value_function() {
  const auto choice = [](const Flag& flag) { return !flag.choices.empty(); };
  const auto folder = [](const Flag& flag) { return flag.value == ValueKind::folder; };
  const auto file = [](const Flag& flag) { return flag.value == ValueKind::file; };
  const auto text = [](const Flag& flag) {
    return takes_value(flag) && flag.value == ValueKind::text && flag.choices.empty();
  };
  return "# What follows a flag: choice, folder, file, text, or nothing.\n"
         "_fairlead_value() {\n  case $1 in\n    " +
         names_where(choice) + ") echo choice ;;\n    " + names_where(folder) +
         ") echo folder ;;\n    " + names_where(file) + ") echo file ;;\n    " + names_where(text) +
         ") echo text ;;\n  esac\n}\n";
}

std::string choices_function() {
  std::string text = "_fairlead_choices() {\n  case $1:$2 in\n";
  for (const Command& command : all_commands()) {
    if (!is_offered(command, Mode::fairlead)) continue;
    for (const Flag* flag : offered_flags(command.id, Mode::fairlead)) {
      if (flag->choices.empty()) continue;
      text += "    '" + command_path(command.id) + ":--" + std::string(flag->name) + "') echo '" +
              join_words(flag->choices, " ") + "' ;;\n";
    }
  }
  return text + "  esac\n}\n";
}

std::string words_function() {
  std::string text = "_fairlead_words() {\n  case $1 in\n";
  for (const Command& command : all_commands()) {
    if (!is_offered(command, Mode::fairlead) || command.positionals.empty()) continue;
    const auto choices = command.positionals.front().choices;
    if (choices.empty()) continue;
    text += "    '" + command_path(command.id) + "') echo '" + join_words(choices, " ") + "' ;;\n";
  }
  return text + "    help) _fairlead_commands fairlead '' ;;\n  esac\n}\n";
}

std::string paths_function() {
  std::string names;
  for (const Command& command : all_commands()) {
    if (!is_offered(command, Mode::fairlead) || !takes_paths(command.id)) continue;
    names += (names.empty() ? "'" : " | '") + command_path(command.id) + '\'';
  }
  return "# Whether files may follow the words of $1.\n"
         "_fairlead_paths() {\n  case $1 in\n    " +
         names + ") return 0 ;;\n  esac\n  return 1\n}\n";
}

}  // namespace

std::string bash_completion() {
  return "# bash completion of fairlead and devcontainer; written by 'fairlead completion "
         "bash'.\n" +
         commands_function() + flags_function() + value_function() + choices_function() +
         words_function() + paths_function() + std::string(walk.substr(1));
}

}  // namespace fairlead::cli
