#pragma once

#include <fairlead/abi.h>
#include <fairlead/sdk/call.hpp>
#include <fairlead/sdk/timer.hpp>

#include <chrono>
#include <memory>

namespace fairlead::engine {

/// A call of our own for what has to be done although the core's call was cancelled: cleaning up.
/// It counts as cancelled once `limit` is over, so everything that it is handed to ends by then.
class OwnCall {
 public:
  explicit OwnCall(std::chrono::milliseconds limit);
  ~OwnCall();
  OwnCall(const OwnCall&) = delete;
  OwnCall& operator=(const OwnCall&) = delete;

  const sdk::Call& call() const noexcept { return *call_; }
  /// Cancels it now, from any thread.
  void end() noexcept;

 private:
  sdk::Timer timer_;
  fairlead_call raw_;
  std::unique_ptr<sdk::Call> call_;
};

/// Waits for `time`, or throws Error(cancelled) as soon as `call` is.
void pause_for(std::chrono::milliseconds time, const sdk::Call& call);

}  // namespace fairlead::engine
