#pragma once

#include "connection.hpp"

#include <fairlead/core.hpp>

#include <server/place.hpp>

#include <functional>
#include <stop_token>

namespace fairlead::rpc {

/// Where clients of the protocol connect, and where those do that lend their streams to a command.
server::Place rpc_place(const Core& core);
server::Place run_place(const Core& core);

/// Serves every client of this user's that connects to the socket in `place` (0600, the other end's
/// user is checked), each by itself, until `stop` is requested: then what their requests do is
/// cancelled. `ready` is called once clients can connect. Throws conflict ("rpc.served") when
/// another process serves there already, and "server.socket".
void serve_socket(const server::Place& place, const ConnectionOptions& options,
                  const std::stop_token& stop, const std::function<void()>& ready);
/// The same for clients that lend their streams (lent_streams.hpp), a command each.
void serve_runs(const server::Place& place, const ConnectionOptions& options,
                const std::stop_token& stop, const std::function<void()>& ready);

}  // namespace fairlead::rpc
