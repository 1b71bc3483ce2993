#pragma once

#include "arguments.hpp"

#include <span>
#include <string>
#include <vector>

namespace fairlead::cli {

/// A word without dashes and where it stood.
struct ScannedWord {
  std::string text;
  std::size_t index;
};

/// An argument vector cut into flags and words, not yet judged.
struct Scan {
  Arguments flags;
  std::vector<std::string> unknown;  ///< names of unknown flags, in both spellings, each once
  std::vector<ScannedWord> words;
  std::vector<std::string> rest;  ///< after "--", or with `stop_at_word` from the first word on
  std::string error;              ///< a flag that needs a value has none
};

/// Cuts `arguments` by the dialect of the reference (yargs): `--flag value`, `--flag=value`,
/// camelCase names, groups of letters; an unknown flag takes the next word with it. \param command
/// whose flags are known \param stop_at_word leave everything from the first word on in `rest`
/// (exec)
Scan scan_arguments(std::span<const std::string> arguments, CommandId command, Mode mode,
                    bool stop_at_word = false);

}  // namespace fairlead::cli
