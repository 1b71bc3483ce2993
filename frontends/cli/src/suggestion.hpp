#pragma once

#include "argument_scan.hpp"

#include <string>

namespace fairlead::cli {

/// The candidate nearest to `word`, or "" when none is close (at most a third of its letters
/// differ).
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// fairlead's words for the first unknown flag or command word of `scan` under `command`, with the
/// nearest known name: "unknown option '--workspce-folder'; did you mean '--workspace-folder'?"
std::string describe_unknown(const Scan& scan, CommandId command);

/// A message of the reference's in fairlead's manner: flags with dashes, no camelCase twins.
std::string in_own_words(std::string fault, const Command& command);

}  // namespace fairlead::cli
