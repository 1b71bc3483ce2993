#pragma once

#include <fairlead/engine/client.hpp>
#include <fairlead/engine/own_call.hpp>
#include <fairlead/unique_fd.hpp>

#include <list>
#include <memory>
#include <mutex>
#include <string>

namespace fairlead::engine {

/// Connections to what listens on a container's own loopback address. No engine has a request for
/// that, so a program of the image carries each (socat, nc, python3 or bash), in an exec. It costs
/// an exec each time: who connects often takes the relay. Thread-safe; the connections end with
/// this object.
class Loopback {
 public:
  /// Throws Error(unavailable, "instance.dial") when nothing listens on the port and
  /// Error(unsupported, "instance.dial") when the image has no such program.
  UniqueFd dial(Client& client, const std::string& instance, int port, const sdk::Call& call);

 private:
  struct Carried;

  std::mutex mutex_;
  std::list<std::shared_ptr<Carried>> carried_;
};

}  // namespace fairlead::engine
