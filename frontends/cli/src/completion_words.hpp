#pragma once

#include "flag.hpp"

#include <string>
#include <vector>

namespace fairlead::cli {

// What every shell's script is written from.

/// The commands inside `parent` that `mode` offers.
std::vector<const Command*> offered_commands(CommandId parent, Mode mode);

/// The flags of `command` that help shows.
std::vector<const Flag*> offered_flags(CommandId command, Mode mode);

/// Whether the flag is followed by a value.
bool takes_value(const Flag& flag);

/// Whether the command's words may be files or folders of this machine.
bool takes_paths(CommandId command);

/// `words` with `between` between them.
std::string join_words(std::span<const std::string_view> words, std::string_view between);

/// The first sentence of a description.
std::string_view first_sentence(std::string_view text);

}  // namespace fairlead::cli
