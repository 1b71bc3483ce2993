#pragma once

#include "session.hpp"

#include <server/serve.hpp>

#include <vector>

namespace fairlead::rpc {

/// The sockets of the background process where clients of the protocol connect, and where those do
/// that lend their streams to a command (lent_streams.hpp).
inline constexpr const char* protocol_socket = "rpc.sock";
inline constexpr const char* streams_socket = "run.sock";

/// Who answers there, each client by itself: what its requests do is cancelled when the process is
/// asked to end.
std::vector<server::Guest> guests(const cli::Session& session);

}  // namespace fairlead::rpc
