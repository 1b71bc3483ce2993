#pragma once

#include "connection.hpp"

#include <fairlead/unique_fd.hpp>

#include <stop_token>

namespace fairlead::rpc {

/// Serves the client at the other end of two descriptors (the same socket twice will do) until it
/// says `exit`, ends its stream, sends what is no message, or `stop` is requested. Returns whether
/// it ended in order.
bool serve_stream(UniqueFd in, UniqueFd out, ConnectionOptions options,
                  const std::stop_token& stop);

}  // namespace fairlead::rpc
