#pragma once

#include <fairlead/abi.h>
#include <fairlead/unique_fd.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace fairlead::kit {

/// One call into a plugin as the contract has it, that counts what a good plugin does once and a
/// bad one more often. A call that is never answered keeps its record for ever.
class RawCall {
 public:
  /// Begins it on a thread of its own. `fds` are the operation's from now on.
  RawCall(fairlead_op op, void* self, std::string request, std::vector<UniqueFd> fds = {});

  void cancel();
  /// Waits for the answer and for the operation to have returned; false: `limit` is over.
  bool ended_within(std::chrono::milliseconds limit);

  /// Once it has ended.
  fairlead_status status() const;
  std::string body() const;
  int answers() const;
  int late_events() const;

  /// Whether a call into the instance `self` has not returned yet.
  static bool runs_in(void* self);

  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace fairlead::kit
