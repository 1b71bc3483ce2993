#include "ssh-remote/remote_text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace fairlead::ssh {
namespace {

bool is_harmless(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(" _./=:,@+-").find(c) != std::string_view::npos;
}

// As `printf %b` reads it.
std::string octal(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return {'\\', '0', static_cast<char>('0' + (byte >> 6U)),
          static_cast<char>('0' + ((byte >> 3U) & 7U)), static_cast<char>('0' + (byte & 7U))};
}

/// What a shell keeps for itself cannot be set there.
bool can_be_exported(const std::string& name) {
  constexpr std::array<std::string_view, 6> kept = {"UID",       "EUID",     "PPID",
                                                    "SHELLOPTS", "BASHOPTS", "BASH_VERSINFO"};
  if (std::find(kept.begin(), kept.end(), name) != kept.end()) return false;
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// The line names the process and, by its start time, no other one that gets its number later.
std::string take_note(const NoteFile& note) {
  if (note.path.empty()) return {};
  const auto file = sh_word(note.path);
  return "(read -r s </proc/$$/stat && echo \"$s\" >" + file + " || echo $$ >" + file +
         ") 2>/dev/null; ";
}

/// The command notes that it can be signalled: a signal before that would meet the shell alone.
std::string words_of(const SpawnRequest& request, const NoteFile& note) {
  // Exported by the shell itself: everybody there can read what is a word of `env`.
  std::string exports;
  std::string words = "exec env";
  if (request.clean_env) words += " -i";
  for (const auto& [name, value] : request.env) {
    if (request.clean_env || !can_be_exported(name)) {
      words += ' ' + sh_word(name + '=' + value);
    } else {
      exports += "export " + name + '=' + sh_word(value) + "; ";
    }
  }
  // `env` would take it for a variable; the shell runs it all the same.
  if (request.argv.front().find('=') != std::string::npos) words = "exec";
  for (const auto& word : request.argv) words += ' ' + sh_word(word);
  return '(' + take_note(note) + exports + words + ')';
}

std::string or_note(const NoteFile& note, const char* why, int status) {
  std::string text = " || { ";
  if (!note.path.empty()) text += "echo " + std::string(why) + " >" + sh_word(note.path) + "; ";
  return text + "exit " + std::to_string(status) + "; }\n";
}

}  // namespace

std::string sh_word(std::string_view text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c != ' ' && c != '=' && is_harmless(c);
  });
  if (plain) return std::string(text);
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + '\'';
}

std::string for_any_shell(std::string_view script) {
  std::string encoded;
  for (const char c : script) {
    if (is_harmless(c)) {
      encoded += c;
    } else {
      encoded += octal(c);
    }
  }
  return "exec /bin/sh -c 'eval \"$(printf %b \"" + encoded + "\")\"'";
}

std::string mark_line(const std::string& mark) { return "\001fairlead " + mark + '\n'; }

std::string spawn_script(const SpawnRequest& request, const NoteFile& note,
                         const std::string& mark) {
  std::string script;
  if (!mark.empty()) script += "printf '\\001fairlead %s\\n' " + mark + '\n';
  script += "trap 'exit 129' HUP\ntrap 'exit 130' INT\ntrap 'exit 143' TERM\n";
  if (!request.working_directory.empty()) {
    script +=
        "cd " + sh_word(request.working_directory) + " 2>/dev/null" + or_note(note, "folder", 126);
  }
  const auto path = request.env.find("PATH");
  script += '(';
  if (path != request.env.end()) script += "PATH=" + sh_word(path->second) + "; ";
  script += "command -v " + sh_word(request.argv.front()) + ") >/dev/null 2>&1" +
            or_note(note, "command", 127);
  // From here on the shell outlives a signal to its group, so that it can say how the command
  // ended.
  script += "trap : HUP INT QUIT TERM USR1 USR2\n" + words_of(request, note) + "\ns=$?\n";
  if (!note.path.empty()) script += "rm -f " + sh_word(note.path) + '\n';
  return script + "exit $s";
}

std::string signal_script(const NoteFile& note, const std::string& signal) {
  return "i=0\nuntil read -r p x 2>/dev/null <" + sh_word(note.path) +
         " && [ -n \"$p\" ]; do\n  i=$((i+1))\n  [ $i -lt 30 ] || exit 3\n  sleep 0.1\ndone\nkill "
         "-s " +
         sh_word(signal) + " -- -$p";
}

std::string end_script(const NoteFile& note) {
  return signal_script(note, "TERM") +
         "\ni=0\nwhile kill -s 0 -- -$p 2>/dev/null; do\n  i=$((i+1))\n  [ $i -lt 20 ] || { kill "
         "-s "
         "KILL -- -$p; break; }\n  sleep 0.1\ndone\nrm -f " +
         sh_word(note.path);
}

}  // namespace fairlead::ssh
