#pragma once

#include "arguments.hpp"
#include "session.hpp"

#include <fairlead/exec_via.hpp>

#include <functional>
#include <optional>

namespace fairlead::cli {

/// Runs `operation`, one that ends with a command inside, with this process' streams, terminal and
/// signals as the command's own: raw mode while it runs, sizes and signals passed on; before it
/// runs a signal ends the attempt. The options it gets have selection, environment and streams.
/// Returns the command's exit status, or 128+n.
int run_inside(const Arguments& arguments, Session& session,
               const std::function<int(Core&, ExecOptions, std::stop_token)>& operation);

/// What `--via` says, if it is given.
std::optional<ExecVia> way_inside(const Arguments& arguments);

}  // namespace fairlead::cli
