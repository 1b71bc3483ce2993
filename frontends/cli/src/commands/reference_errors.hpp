#pragma once

#include "arguments.hpp"

#include <fairlead/engine.hpp>

namespace fairlead::cli {

/// `error` as it is: or in drop-in mode, where the reference has other words for the same failure,
/// with those as its message; what is lost that way goes to the log. Programs that drive the
/// reference look for them.
OperationError in_reference_words(const OperationError& error, const Arguments& arguments,
                                  EventSink& log);

/// In drop-in mode: the command that --docker-path names has to be there, although little of it is
/// used here. Throws OperationError "host.command_not_found".
void require_docker_command(const Arguments& arguments);

/// Failures of which the reference prints nothing but its exit status.
bool is_silent(const Error& error, const Arguments& arguments);

}  // namespace fairlead::cli
