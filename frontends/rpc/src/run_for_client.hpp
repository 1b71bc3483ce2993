#pragma once

#include <fairlead/unique_fd.hpp>

#include <stop_token>
#include <string>

namespace fairlead::rpc {

/// Runs the command line that the client at the other end of `socket` sends, on the client's own
/// streams and with its environment; returns when it has ended. A client that hangs up, or `stop`,
/// ends the command. `executable` is the fairlead program.
void run_for_client(const UniqueFd& socket, const std::string& executable,
                    const std::stop_token& stop);

}  // namespace fairlead::rpc
