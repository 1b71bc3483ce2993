#pragma once

#include "server/name_proxy.hpp"

#include <fairlead/unique_fd.hpp>

namespace fairlead::server {

/// Serves one client of the names: each of its requests goes to the server that its own Host names.
/// The connection to a server is kept for the next request to the same one. Returns when either
/// side has ended, or `cancel` is readable.
void serve_by_name(UniqueFd client, int cancel, const NameProxy::Find& find);

/// Connects to a server of this machine; what listens everywhere is reached on loopback.
UniqueFd connect_to_server(const NamedServer& server);
/// Listens on 127.0.0.1 or ::1; an empty one: others have the port.
UniqueFd listen_locally(const std::string& address, int port);

}  // namespace fairlead::server
