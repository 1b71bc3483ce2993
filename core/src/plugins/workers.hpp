#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace fairlead {

/// Threads for plugin calls. Every job gets a thread to itself, however many run: a call may last
/// for hours, and with a fixed pool eight open shells would starve the ninth call. A few idle
/// threads are kept, because starting one costs more than a whole short call. Thread-safe.
class Workers {
 public:
  Workers();
  /// Ends the idle threads and waits for them; busy ones end by themselves after their job.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Starts `job`, which must not throw. Throws Error(unavailable, "plugin.thread") when the system
  /// gives no thread.
  void run(std::function<void()> job);

  /// Runs `job` and waits for at most `limit`; false: it still runs and is left behind.
  bool run_within(std::chrono::milliseconds limit, std::function<void()> job);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace fairlead
