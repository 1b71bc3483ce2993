#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace fairlead::cli {

/// Which command line the program speaks: its own, or the reference Dev Container CLI's.
enum class Mode : std::uint8_t { fairlead, drop_in };

/// Every command of both command lines. `top` is the program itself.
enum class CommandId : std::uint8_t {
  top,
  up,
  set_up,
  build,
  run_user_commands,
  read_configuration,
  outdated,
  upgrade,
  features,
  features_test,
  features_package,
  features_publish,
  features_info,
  features_resolve_dependencies,
  features_generate_docs,
  templates,
  templates_apply,
  templates_publish,
  templates_metadata,
  templates_generate_docs,
  exec,
  run,
  shell,
  rebuild,
  attach,
  inspect,
  cp,
  prune,
  doctor,
  list,
  status,
  stop,
  down,
  logs,
  ports,
  forward,
  unforward,
  background,
  sync,
  plugin,
  plugin_list,
  plugin_info,
  plugin_add,
  plugin_remove,
  plugin_new,
  plugin_enable,
  plugin_disable,
  host,
  host_add,
  host_list,
  host_check,
  host_remove,
  config,
  config_show,
  cache,
  cache_show,
  cache_prune,
  cache_export,
  cache_import,
  config_validate,
  config_explain,
  config_list,
  config_migrate,
  init,
  serve,
  completion,
  help,
};

/// An argument without dashes.
struct Positional {
  std::string_view name;
  std::string_view description;
  bool required = false;
  bool many = false;
  std::span<const std::string_view> choices = {};
  std::string_view default_value = {};
  bool own = false;  ///< not of the reference
};

/// A command line that shows what a command is for.
struct Example {
  std::string_view arguments;  ///< what follows the program's name
  std::string_view meaning;
};

/// One command: the row that parser, help and completion are made from.
struct Command {
  CommandId id;
  CommandId parent;  ///< `top`, or the group it belongs to
  std::string_view name;
  std::string_view purpose;
  bool own = false;          ///< not a command of the reference
  bool implemented = false;  ///< false: known, answered with an error, and offered nowhere
  bool group = false;        ///< only has sub-commands
  std::span<const Positional> positionals = {};
  std::span<const Example> examples = {};
};

/// All commands, in the order in which help lists them.
std::span<const Command> all_commands();

/// The row of `id`; `id` is never `top`.
const Command& command_of(CommandId id);

/// The command `name` inside `parent` as `mode` knows it, implemented or not; null when there is
/// none.
const Command* find_command(std::string_view name, CommandId parent, Mode mode);

/// Whether `id` is followed by a command line with flags of its own.
constexpr bool takes_command_line(CommandId id) {
  return id == CommandId::exec || id == CommandId::run;
}

/// Whether help and completion show `command` in `mode`: it works, and for a group something in it
/// does.
bool is_offered(const Command& command, Mode mode);

/// The words that a user types for `id` ("features test"); empty for `top`.
std::string command_path(CommandId id);

}  // namespace fairlead::cli
