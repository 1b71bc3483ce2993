#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace fairlead::ports {

/// Threads for what blocks: as many as there is work for, up to `most`. The destructor waits for
/// work that runs and drops work that waits.
class DialThreads {
 public:
  explicit DialThreads(std::size_t most) : most_(most) {}
  ~DialThreads();
  DialThreads(const DialThreads&) = delete;
  DialThreads& operator=(const DialThreads&) = delete;

  /// `work` throws nothing.
  void add(std::function<void()> work);

 private:
  void run();

  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> waiting_;
  std::size_t idle_ = 0;
  bool ending_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace fairlead::ports
