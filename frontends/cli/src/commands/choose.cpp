#include "commands/choose.hpp"

#include "commands/options.hpp"
#include "commands/trust_prompt.hpp"

#include <fairlead/discovery.hpp>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::cli {
namespace {

constexpr int most_attempts = 3;

bool may_ask(const Arguments& arguments, const Session& session) {
  const auto questions = questions_of(arguments);
  if (questions && questions->answers(Questions::Kind::choice)) return true;
  return session.mode == Mode::fairlead && session.in.is_terminal && session.err.is_terminal &&
         session.read_line;
}

ReadOptions read_options(const Selection& selection, const CoreOptions& core) {
  ReadOptions out;
  out.workspace_folder = selection.workspace_folder;
  out.working_directory = core.working_directory;
  return out;
}

/// The path as the user would type it from the workspace.
std::string_view shown_path(const ConfigCandidate& candidate, std::string_view folder) {
  const std::string_view path = candidate.config_file;
  const bool inside = path.size() > folder.size() && path.substr(0, folder.size()) == folder &&
                      path[folder.size()] == '/';
  return inside ? path.substr(folder.size() + 1) : path;
}

[[noreturn]] void refuse(const ConfigChoice& choice) {
  throw Error(
      Status::invalid, "config.several",
      "None of the " + std::to_string(choice.candidates.size()) + " configurations was chosen.",
      "name one with --config");
}

std::string question(const ConfigChoice& choice) {
  std::string text = "Several configurations are here:\n";
  for (std::size_t i = 0; i < choice.candidates.size(); ++i) {
    const auto& one = choice.candidates[i];
    const auto path = shown_path(one, choice.candidates.front().workspace_folder);
    text += "  " + std::to_string(i + 1) + "  " + std::string(path) + '\n';
  }
  return text;
}

/// A number of the list; nullopt: something else.
std::optional<std::size_t> parse_answer(std::string_view line, std::size_t count) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  std::size_t number = 0;
  const char* end = line.data() + line.size();
  const auto read = std::from_chars(line.data(), end, number);
  const bool good = read.ec == std::errc() && read.ptr == end && number > 0 && number <= count;
  return good ? std::optional<std::size_t>(number - 1) : std::nullopt;
}

std::optional<std::size_t> ask_client(const ConfigChoice& choice, const Arguments& arguments) {
  std::vector<Questions::Item> items;
  for (const auto& one : choice.candidates) {
    items.push_back({std::string(shown_path(one, choice.candidates.front().workspace_folder)), {}});
  }
  return questions_of(arguments)->choose("Several configurations are here: which one?", items,
                                         arguments.caller()->stop);
}

std::string ask(const ConfigChoice& choice, const Arguments& arguments, Session& session) {
  if (questions_of(arguments)) {
    if (const auto index = ask_client(choice, arguments)) {
      return choice.candidates[*index].config_file;
    }
    refuse(choice);
  }
  session.write_err(question(choice));
  const std::size_t count = choice.candidates.size();
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    session.write_err("Which one? [1-" + std::to_string(count) + "] ");
    const auto line = session.read_line();
    if (!line) break;
    if (const auto index = parse_answer(*line, count)) return choice.candidates[*index].config_file;
  }
  session.write_err("\n");
  refuse(choice);
}

}  // namespace

Arguments with_chosen_config(Arguments arguments, Session& session) {
  const Flag* flag = find_flag("config", arguments.command(), arguments.mode());
  if (!may_ask(arguments, session) || flag == nullptr) return arguments;
  const auto selection = selection_of(arguments);
  if (selection.workspace_folder.empty() || !selection.config.empty() ||
      !selection.container_id.empty() || !selection.override_config.empty()) {
    return arguments;
  }
  const auto choice = find_configs(read_options(selection, core_options(arguments)));
  if (choice.candidates.size() > 1 && !choice.usual)
    arguments.add(*flag, ask(choice, arguments, session));
  return arguments;
}

}  // namespace fairlead::cli
