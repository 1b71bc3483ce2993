#pragma once

#include <fairlead/model.hpp>
#include <fairlead/unique_fd.hpp>

#include <chrono>
#include <string>

namespace fairlead {

/// Connects this machine to a Unix socket or a TCP address and returns the blocking socket.
/// Readable `cancel_fd` ends it with Error(cancelled), `timeout` (0: none) with "host.connect".
/// Throws denied ("host.permission") or unavailable ("host.connect", "host.no_socket" where there
/// is none, "host.not_running" where what listens there `is_installed`), each with the system's
/// words.
UniqueFd dial_local(const HostDialRequest& request, int cancel_fd,
                    std::chrono::milliseconds timeout);

/// Whether the service of a socket "NAME.sock" is there, running or not: by custom its program is
/// NAMEd, and keeps its things in /var/lib/NAME. `root`: where "/" is.
bool is_installed(const std::string& name, const std::string& root = {});

}  // namespace fairlead
