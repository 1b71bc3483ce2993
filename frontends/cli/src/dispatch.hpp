#pragma once

#include "argument_parser.hpp"
#include "session.hpp"

#include <fairlead/error.hpp>

namespace fairlead::cli {

using Runner = int (*)(const Arguments& arguments, Session& session);

/// The function behind `command`; null when this build has none.
Runner runner_of(CommandId command);

/// Answers a parsed command line: runs the command, or prints help, version or what is wrong.
/// Returns the exit code: usage errors are 1 in drop-in mode and 2 in ours. Lets fairlead::Error
/// pass.
int dispatch(const Parsed& parsed, Session& session);

/// Reports an error that ended the command: text on stderr and, where results are JSON, the error
/// object on stdout. Returns the exit code, 1.
int report_error(const Error& error, const Arguments& arguments, Session& session);

}  // namespace fairlead::cli
