#pragma once

#include "server/place.hpp"

#include <fairlead/events.hpp>
#include <fairlead/unique_fd.hpp>

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace fairlead::server {

/// Who else answers clients in this process, on a socket of its own in the same folder.
struct Guest {
  std::string socket_name;
  /// One client, on a thread of its own, until it goes or `stop` is requested.
  std::function<void(UniqueFd client, const std::stop_token& stop)> serve;
};

struct ServeOptions {
  Place place;
  std::string version;
  std::chrono::milliseconds idle{10'000};  ///< without a client and a forward; then it ends
  int names_port = 0;                      ///< forwards are reached by name there; 0: they are not
  std::vector<Guest> guests;
  UniqueFd ready;  ///< gets a byte when clients can connect, or when another process serves
};

/// Serves until it is idle, told to end, or `stop` is requested. Returns at once when another
/// process of this user does. When another process takes over, the clients of guests are still
/// served to their end. Throws "server.socket".
void serve(ServeOptions options, EventSink& log, std::stop_token stop);

}  // namespace fairlead::server
