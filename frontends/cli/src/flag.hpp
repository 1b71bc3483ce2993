#pragma once

#include "command.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::cli {

enum class FlagType : std::uint8_t {
  text,     ///< takes a value, which may be missing (then empty)
  boolean,  ///< takes the next word only when that is "true" or "false"
  number,
  each,  ///< exactly one value per occurrence, any number of occurrences
  list,  ///< takes every following word that is not a flag
};

/// The heading under which fairlead's help shows a flag.
enum class FlagGroup : std::uint8_t {
  workspace,
  container,
  image,
  lifecycle,
  features,
  output,
  engine,
  general,
};

/// What a flag's value names: for help's placeholder and for completion.
enum class ValueKind : std::uint8_t { text, file, folder };

/// One set of commands as bits; there are more than 64.
__extension__ using CommandMask = unsigned __int128;
constexpr CommandMask bit(CommandId id) { return CommandMask{1} << static_cast<unsigned>(id); }

/// One flag as some commands have it. A name stands in several rows where commands differ about it
/// (order in help, default, description), never twice for one command.
struct Flag {
  std::string_view name;
  FlagType type;
  FlagGroup group;
  CommandMask commands;
  std::string_view description;
  std::span<const std::string_view> choices = {};
  std::string_view default_value = {};
  bool has_default = false;
  char letter = '\0';  ///< the short form
  bool hidden = false;
  bool required = false;
  bool repeatable = false;  ///< of a text flag: every occurrence counts
  bool own = false;         ///< not a flag of the reference
  ValueKind value = ValueKind::text;
};

/// The whole table, in the order in which the reference's help shows flags.
std::span<const Flag> all_flags();

/// Whether `command` has `flag` in `mode`.
bool applies(const Flag& flag, CommandId command, Mode mode);

/// The flags of `command`, in order, hidden ones included.
std::vector<const Flag*> flags_of(CommandId command, Mode mode);

/// The flag that a user means by `name` (kebab-case, camelCase, or the short form's letter).
const Flag* find_flag(std::string_view name, CommandId command, Mode mode);

/// "workspace-folder" → "workspaceFolder", by the reference's rule for odd input too.
std::string camel_case(std::string_view name);

}  // namespace fairlead::cli
