#pragma once

#include "session.hpp"

namespace fairlead::rpc {

/// `fairlead serve`: the server on stdin and stdout for one client, or with --describe and --page
/// what it offers. Returns the exit code: 0 when the client ended in order.
int serve(const cli::Arguments& arguments, cli::Session& session);

}  // namespace fairlead::rpc
