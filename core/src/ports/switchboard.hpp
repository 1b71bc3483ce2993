#pragma once

#include "ports/route.hpp"
#include "ports/traffic.hpp"

#include <fairlead/unique_fd.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace fairlead::ports {

/// Accepts connections and moves their bytes: one thread for all of them, and some more that wait
/// for targets that cannot be reached without blocking. A connection whose target cannot be reached
/// is reset. Thread-safe.
class Switchboard {
 public:
  /// Throws Error "system.descriptors".
  Switchboard();
  /// Ends everything; connections are reset.
  ~Switchboard();
  Switchboard(const Switchboard&) = delete;
  Switchboard& operator=(const Switchboard&) = delete;

  using Line = std::uint64_t;
  /// Serves connections to these listening sockets from now on.
  Line open(std::vector<UniqueFd> listeners, std::shared_ptr<Route> route,
            std::shared_ptr<Traffic> traffic);
  /// Joins a connection that somebody else accepted, as if it had come to the line.
  void join(Line line, UniqueFd client);
  /// Connections that are joined are reset; the line goes on.
  void reset(Line line);
  /// Nobody listens when this returns; connections are reset.
  void close(Line line);

 private:
  struct Loop;
  std::shared_ptr<Loop> loop_;
};

}  // namespace fairlead::ports
