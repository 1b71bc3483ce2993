#pragma once

#include <fairlead/abi.h>
#include <fairlead/sdk/call.hpp>
#include <fairlead/sdk/timer.hpp>
#include <fairlead/unique_fd.hpp>

#include <chrono>
#include <memory>

namespace fairlead::compose {

/// A call of our own for what is not worth more than `limit`, and nothing any more once `readable`
/// has something to say: it is cancelled then, and with `outer`. Both have to outlive it.
class CallUntil {
 public:
  /// Throws Error(failed, "host.timer") when no descriptor is left.
  CallUntil(const sdk::Call& outer, const UniqueFd& readable, std::chrono::milliseconds limit);
  CallUntil(const CallUntil&) = delete;
  CallUntil& operator=(const CallUntil&) = delete;

  const sdk::Call& call() const noexcept { return *call_; }

 private:
  sdk::Timer timer_;
  UniqueFd any_;  ///< readable when one of the three is
  fairlead_call raw_;
  std::unique_ptr<sdk::Call> call_;
};

}  // namespace fairlead::compose
