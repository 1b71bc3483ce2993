#pragma once

#include <fairlead/unique_fd.hpp>

#include <functional>
#include <stop_token>

namespace fairlead {

/// A stop token as a descriptor: readable once a stop is requested. For poll(2).
class StopFd {
 public:
  /// Throws Error(unavailable, "system.descriptors").
  explicit StopFd(const std::stop_token& stop);

  int get() const { return event_.get(); }
  /// Makes it readable by hand, too.
  void raise() const;

 private:
  UniqueFd event_;
  std::stop_callback<std::function<void()>> on_stop_;
};

}  // namespace fairlead
