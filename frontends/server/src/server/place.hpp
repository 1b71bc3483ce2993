#pragma once

#include <fairlead/unique_fd.hpp>

#include <optional>
#include <string>

namespace fairlead::server {

/// Requests are answered there.
inline constexpr auto server_socket_name = "server.sock";

/// Where a user's background process is found, and what it remembers.
struct Place {
  std::string runtime;  ///< folder of the socket and the lock
  std::string state;    ///< folder of the file of forwards and of the log

  std::string forwards_file() const { return state + "/forwards.json"; }
  std::string socket_file() const { return runtime + "/server.sock"; }
  std::string log_file() const { return state + "/server.log"; }
};

/// The lock of the one instance, as long as the descriptor is open; empty: somebody has it.
/// Throws "server.socket".
UniqueFd take_lock(const Place& place);

/// Listens on a socket of the user's own, 0600; whoever calls has the lock. Throws "server.socket".
UniqueFd listen_at(const Place& place, const char* name = server_socket_name);
/// Nobody finds it any more.
void unlink_socket(const Place& place, const char* name = server_socket_name);

/// A connection to the background process; empty: none runs. Throws "server.socket" when the
/// process at the other end is another user's.
UniqueFd connect_to(const Place& place, const char* name = server_socket_name);

/// Whether the other end of the connection runs as this user.
bool is_own_user(const UniqueFd& connection);

}  // namespace fairlead::server
