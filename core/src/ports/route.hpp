#pragma once

#include "ports/traffic.hpp"

#include <fairlead/unique_fd.hpp>

#include <sys/socket.h>

#include <memory>
#include <optional>
#include <stop_token>

namespace fairlead::ports {

/// Where a socket can be connected to.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

/// How the connections of one forward get to their target. Thread-safe.
class Route {
 public:
  virtual ~Route() = default;

  /// Where to connect straight to; absent: not known, or known not to work. Never blocks.
  virtual std::optional<SocketAddress> straight() = 0;
  /// Nobody answered at the address that `straight` said. Never blocks.
  virtual void straight_failed() = 0;

  /// Gives the client's socket to somebody who moves the bytes himself; false: nobody does. Never
  /// blocks. `traffic.open` has counted the connection; whoever takes it counts its end.
  virtual bool hand_over(UniqueFd& client, const std::shared_ptr<Traffic>& traffic) = 0;

  /// A connected stream socket to the target, or nothing when the client was handed over. Blocks;
  /// throws Error.
  virtual UniqueFd dial(UniqueFd& client, const std::shared_ptr<Traffic>& traffic,
                        std::stop_token stop) = 0;
};

}  // namespace fairlead::ports
