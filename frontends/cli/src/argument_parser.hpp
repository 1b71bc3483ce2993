#pragma once

#include "arguments.hpp"

#include <span>
#include <string>

namespace fairlead::cli {

/// What a command line asks for.
struct Parsed {
  enum class Kind {
    run,            ///< run `arguments.command()`
    nothing,        ///< the reference answers with silence (a group without a sub-command)
    help,           ///< show the page of `arguments.command()`
    version,        ///< print the version
    usage_error,    ///< `message` says what is wrong with the use of `arguments.command()`
    not_available,  ///< the command exists, but not in this version
  };

  Kind kind = Kind::run;
  Arguments arguments;
  std::string message;
};

/// Parses the arguments after the program's name. Never throws for bad input: that is
/// `usage_error`, worded as the reference does (drop-in) or with a suggestion (fairlead). Pure.
/// reference-cli 1.1, 1.2.
Parsed parse_arguments(std::span<const std::string> arguments, Mode mode);

}  // namespace fairlead::cli
