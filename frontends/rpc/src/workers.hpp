#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace fairlead::rpc {

/// Threads that run tasks in the order in which they come, as many at once as `most`; made when
/// they are needed. Destroying it waits for the tasks that have begun, and drops the others.
class Workers {
 public:
  explicit Workers(std::size_t most) : most_(most) {}
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  void add(std::function<void()> task);

  /// Until fewer than `count` tasks wait for a thread, or `stop` is requested.
  void wait_until_fewer(std::size_t count, const std::stop_token& stop);
  /// Until all that were added have ended; false when they have not after `most`.
  bool wait(std::chrono::seconds most);

 private:
  void work();

  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::function<void()>> waiting_;
  std::size_t idle_ = 0;
  std::size_t busy_ = 0;
  bool ended_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace fairlead::rpc
