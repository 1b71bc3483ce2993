#pragma once

#include <fairlead/unique_fd.hpp>

#include <chrono>

namespace fairlead::sdk {

/// A descriptor that becomes readable once, when a time is over, and stays so: what a call that a
/// plugin makes of its own may have as its cancel descriptor.
class Timer {
 public:
  /// `limit` of zero or less: at once. Throws Error(failed, "host.timer") when no descriptor is
  /// left.
  explicit Timer(std::chrono::milliseconds limit);

  /// Owned by this object.
  int fd() const noexcept { return fd_.get(); }
  /// Makes it readable now, from any thread.
  void end() noexcept;

 private:
  UniqueFd fd_;
};

}  // namespace fairlead::sdk
