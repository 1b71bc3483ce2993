#include "completion_words.hpp"

#include <algorithm>
#include <array>

namespace fairlead::cli {

std::vector<const Command*> offered_commands(CommandId parent, Mode mode) {
  std::vector<const Command*> found;
  for (const Command& command : all_commands()) {
    if (command.parent == parent && is_offered(command, mode)) found.push_back(&command);
  }
  return found;
}

std::vector<const Flag*> offered_flags(CommandId command, Mode mode) {
  std::vector<const Flag*> flags = flags_of(command, mode);
  std::erase_if(flags, [](const Flag* flag) { return flag->hidden; });
  return flags;
}

bool takes_value(const Flag& flag) { return flag.type != FlagType::boolean; }

bool takes_paths(CommandId command) {
  using enum CommandId;
  constexpr std::array commands = {up,
                                   rebuild,
                                   shell,
                                   status,
                                   stop,
                                   down,
                                   cp,
                                   init,
                                   cache_export,
                                   cache_import,
                                   config_validate,
                                   plugin_add,
                                   plugin_new,
                                   features_test,
                                   features_package,
                                   features_publish,
                                   forward,
                                   exec,
                                   run,
                                   templates_publish};
  return std::ranges::find(commands, command) != commands.end();
}

std::string join_words(std::span<const std::string_view> words, std::string_view between) {
  std::string text;
  for (std::string_view word : words) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

std::string_view first_sentence(std::string_view text) {
  const std::size_t end = text.find(". ");
  if (end != std::string_view::npos) return text.substr(0, end);
  return text.substr(0, text.find_last_not_of('.') + 1);
}

}  // namespace fairlead::cli
