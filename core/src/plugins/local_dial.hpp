#pragma once

#include <fairlead/model.hpp>
#include <fairlead/unique_fd.hpp>

#include <chrono>

namespace fairlead {

/// Connects this machine to a Unix socket or a TCP address and returns the blocking socket.
/// Readable `cancel_fd` ends it with Error(cancelled), `timeout` (0: none) with "host.connect".
/// Throws denied ("host.permission") or unavailable ("host.connect", "host.no_socket" where there
/// is none), each with the system's words.
UniqueFd dial_local(const HostDialRequest& request, int cancel_fd,
                    std::chrono::milliseconds timeout);

}  // namespace fairlead
