#include "argument_parser.hpp"

#include "argument_checks.hpp"
#include "argument_scan.hpp"
#include "suggestion.hpp"

#include <algorithm>

namespace fairlead::cli {
namespace {

using Kind = Parsed::Kind;

Parsed answer(Kind kind, Scan&& scan, std::string message = {}) {
  return Parsed{kind, std::move(scan.flags), std::move(message)};
}

// The command that the first words name, and how many of them do.
struct Found {
  const Command* command = nullptr;
  std::vector<std::size_t> word_indexes;
};

Found find_words(std::span<const std::string> arguments, Mode mode) {
  Found found;
  CommandId parent = CommandId::top;
  for (std::size_t depth = 0; depth < 2; ++depth) {
    const Scan scan = scan_arguments(arguments, parent, mode);
    if (scan.words.size() <= depth) break;
    const Command* command = find_command(scan.words[depth].text, parent, mode);
    if (command == nullptr) break;
    found.command = command;
    found.word_indexes.push_back(scan.words[depth].index);
    if (!command->group) break;
    parent = command->id;
  }
  return found;
}

std::vector<std::string> without_words(std::span<const std::string> arguments,
                                       const std::vector<std::size_t>& indexes) {
  std::vector<std::string> rest;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (std::find(indexes.begin(), indexes.end(), i) == indexes.end()) rest.push_back(arguments[i]);
  }
  return rest;
}

std::string unknown_in_group(const Scan& scan, Mode mode, CommandId group) {
  if (mode == Mode::fairlead) return describe_unknown(scan, group);
  std::vector<std::string> names = scan.unknown;
  for (const ScannedWord& word : scan.words) {
    if (find_command(word.text, group, mode) == nullptr) names.push_back(word.text);
  }
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return (names.size() == 1 ? "Unknown argument: " : "Unknown arguments: ") + text;
}

std::string fault_at_top(const Scan& scan, Mode mode) {
  if (!scan.error.empty()) return scan.error;
  if (mode == Mode::fairlead && !scan.unknown.empty())
    return describe_unknown(scan, CommandId::top);
  if (scan.words.empty()) return "Not enough non-option arguments: got 0, need at least 1";
  return unknown_in_group(scan, mode, CommandId::top);
}

bool asks_for_help(const Scan& scan) {
  return scan.flags.flag("help") || (scan.words.size() == 1 && scan.words[0].text == "help");
}

Parsed parse_group(Scan scan, CommandId id, Mode mode) {
  if (asks_for_help(scan)) return answer(Kind::help, std::move(scan));
  if (scan.flags.flag("version")) return answer(Kind::version, std::move(scan));
  const bool bare = scan.error.empty() && scan.unknown.empty() && scan.words.empty();
  if (bare && mode == Mode::fairlead) return answer(Kind::help, std::move(scan));
  if (id == CommandId::top) {
    std::string fault = fault_at_top(scan, mode);
    return answer(Kind::usage_error, std::move(scan), std::move(fault));
  }
  if (!bare) {
    std::string fault = scan.error.empty() ? unknown_in_group(scan, mode, id) : scan.error;
    return answer(Kind::usage_error, std::move(scan), std::move(fault));
  }
  return answer(Kind::nothing, std::move(scan));
}

// What follows the flags of exec and run is the command line to run; a leading "--" has been
// dropped by the scan.
void move_rest_to_words(Scan& scan) {
  for (std::string& word : scan.rest) scan.words.push_back({std::move(word), 0});
  scan.rest.clear();
}

std::string fault_of(const Scan& scan, const Command& command, Mode mode) {
  if (mode == Mode::fairlead) {
    if (!scan.unknown.empty()) return describe_unknown(scan, command.id);
    if (!scan.rest.empty()) return "unexpected argument '" + scan.rest.front() + "'";
  }
  std::string fault = check_arguments(scan, command);
  return mode == Mode::fairlead ? in_own_words(std::move(fault), command) : fault;
}

Parsed parse_command(std::span<const std::string> arguments, const Command& command, Mode mode) {
  const bool is_exec = takes_command_line(command.id);
  Scan scan = scan_arguments(arguments, command.id, mode, is_exec);
  if (scan.flags.flag("help") || (!is_exec && asks_for_help(scan))) {
    return answer(Kind::help, std::move(scan));
  }
  if (scan.flags.flag("version")) return answer(Kind::version, std::move(scan));
  if (is_exec) move_rest_to_words(scan);
  std::string fault = fault_of(scan, command, mode);
  if (!fault.empty()) return answer(Kind::usage_error, std::move(scan), std::move(fault));
  std::vector<std::string> words;
  for (ScannedWord& word : scan.words) words.push_back(std::move(word.text));
  scan.flags.set_positionals(std::move(words));
  return answer(Kind::run, std::move(scan));
}

Parsed not_available(const Command& command, Mode mode) {
  return {Kind::not_available, Arguments(command.id, mode),
          "'" + command_path(command.id) + "' is not in this version of fairlead."};
}

}  // namespace

Parsed parse_arguments(std::span<const std::string> arguments, Mode mode) {
  const Found found = find_words(arguments, mode);
  if (found.command == nullptr) {
    return parse_group(scan_arguments(arguments, CommandId::top, mode), CommandId::top, mode);
  }
  const Command& command = *found.command;
  if (!is_offered(command, mode)) return not_available(command, mode);
  const std::vector<std::string> rest = without_words(arguments, found.word_indexes);
  if (command.group) return parse_group(scan_arguments(rest, command.id, mode), command.id, mode);
  return parse_command(rest, command, mode);
}

}  // namespace fairlead::cli
