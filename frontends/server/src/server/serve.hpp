#pragma once

#include "server/place.hpp"

#include <fairlead/events.hpp>
#include <fairlead/unique_fd.hpp>

#include <chrono>
#include <stop_token>
#include <string>

namespace fairlead::server {

struct ServeOptions {
  Place place;
  std::string version;
  std::chrono::milliseconds idle{10'000};  ///< without a client and a forward; then it ends
  int names_port = 0;                      ///< forwards are reached by name there; 0: they are not
  UniqueFd ready;  ///< gets a byte when clients can connect, or when another process serves
};

/// Serves until it is idle, told to end, or `stop` is requested. Returns at once when another
/// process of this user does. Throws "server.socket".
void serve(ServeOptions options, EventSink& log, std::stop_token stop);

}  // namespace fairlead::server
