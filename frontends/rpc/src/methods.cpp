#include "methods.hpp"

#include "dispatch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace fairlead::rpc {
namespace {

using cli::CommandId;
using cli::Flag;
using cli::Mode;
using cli::Positional;
using Json = nlohmann::ordered_json;

[[noreturn]] void refuse(const std::string& why) {
  throw Error(Status::invalid, "rpc.params", why,
              "The method's parameters stand in `rpc.discover`.");
}

/// They write scripts or pages for a shell, or are the server itself.
bool is_for_shells(CommandId command) {
  return command == CommandId::completion || command == CommandId::help ||
         command == CommandId::serve || command == CommandId::background;
}

/// What the protocol says in its own way.
bool is_for_terminals(const Flag& flag) {
  constexpr std::array<std::string_view, 10> names = {
      "help",          "version",          "json",   "quiet", "verbose", "log-format", "no-color",
      "terminal-rows", "terminal-columns", "rest-fd"};
  return std::ranges::find(names, flag.name) != names.end();
}

std::string text_of(const std::string& name, const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number_integer()) return value.dump();
  if (value.is_object()) return value.dump();  // additionalFeatures and the like are JSON
  refuse("'" + name + "' has a value of the wrong type.");
}

std::vector<std::string> texts_of(const std::string& name, const Json& value) {
  std::vector<std::string> texts;
  if (!value.is_array()) return {text_of(name, value)};
  for (const auto& item : value) texts.push_back(text_of(name, item));
  return texts;
}

const Flag* flag_named(const std::string& name, CommandId command) {
  for (const auto* flag : method_flags(command)) {
    if (cli::camel_case(flag->name) == name) return flag;
  }
  return nullptr;
}

void append_flag(std::vector<std::string>& words, const Flag& flag, const std::string& name,
                 const Json& value) {
  const auto texts = texts_of(name, value);
  const bool many =
      flag.repeatable || flag.type == cli::FlagType::each || flag.type == cli::FlagType::list;
  if (!many && value.is_array()) refuse("'" + name + "' is one value, not a list.");
  for (const auto& text : texts) words.push_back("--" + std::string(flag.name) + '=' + text);
}

std::vector<std::string> positional_words(CommandId command, const Json& params) {
  std::vector<std::string> words;
  for (const auto& positional : cli::command_of(command).positionals) {
    const std::string name(positional.name);
    if (!params.contains(name) || params[name].is_null()) continue;
    for (auto& text : texts_of(name, params[name])) words.push_back(std::move(text));
  }
  return words;
}

bool is_positional(CommandId command, const std::string& name) {
  return std::ranges::any_of(cli::command_of(command).positionals,
                             [&](const Positional& positional) { return positional.name == name; });
}

std::vector<std::string> command_line(CommandId command, const Json& params) {
  std::vector<std::string> words;
  const auto path = cli::command_path(command);
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find(' ', at), path.size());
    words.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  for (const auto& [name, value] : params.items()) {
    if (is_positional(command, name)) continue;
    if (has_streams(command) && (name == "stdin" || name == "terminal")) continue;
    const auto* flag = flag_named(name, command);
    if (flag == nullptr) refuse("'" + method_name(command) + "' has no parameter '" + name + "'.");
    if (!value.is_null()) append_flag(words, *flag, name, value);
  }
  if (cli::find_flag("json", command, Mode::fairlead) != nullptr &&
      !cli::takes_command_line(command)) {
    words.emplace_back("--json");
  }
  auto positionals = positional_words(command, params);
  const bool dashes =
      std::ranges::any_of(positionals, [](const auto& word) { return word.starts_with('-'); });
  if (dashes) words.emplace_back("--");
  std::ranges::move(positionals, std::back_inserter(words));
  return words;
}

}  // namespace

std::vector<CommandId> method_commands() {
  std::vector<CommandId> commands;
  for (const auto& command : cli::all_commands()) {
    const bool runs =
        command.implemented && !command.group && cli::runner_of(command.id) != nullptr;
    if (runs && !is_for_shells(command.id)) commands.push_back(command.id);
  }
  return commands;
}

std::string method_name(CommandId command) {
  auto name = cli::command_path(command);
  std::ranges::replace(name, ' ', '/');
  return name;
}

std::optional<CommandId> command_named(std::string_view method) {
  for (const auto command : method_commands()) {
    if (method_name(command) == method) return command;
  }
  return std::nullopt;
}

std::vector<const Flag*> method_flags(CommandId command) {
  auto flags = cli::flags_of(command, Mode::fairlead);
  std::erase_if(flags, [](const Flag* flag) { return is_for_terminals(*flag); });
  return flags;
}

bool has_streams(CommandId command) {
  return cli::takes_command_line(command) || command == CommandId::shell ||
         command == CommandId::attach || command == CommandId::logs || command == CommandId::cp;
}

cli::Arguments arguments_of(CommandId command, std::string_view params) {
  const auto json = Json::parse(params.begin(), params.end(), nullptr, false);
  if (!json.is_object()) refuse("The parameters are not an object.");
  const auto parsed = cli::parse_arguments(command_line(command, json), Mode::fairlead);
  if (parsed.kind != cli::Parsed::Kind::run) {
    refuse(parsed.message.empty() ? "These parameters do not fit together." : parsed.message);
  }
  const auto& arguments = parsed.arguments;
  if (command == CommandId::ports && arguments.flag("watch")) refuse("'watch' is for terminals.");
  if (command == CommandId::forward && !arguments.flag("background")) {
    refuse("Only a forward in the background outlives its answer: say \"background\": true.");
  }
  return arguments;
}

}  // namespace fairlead::rpc
