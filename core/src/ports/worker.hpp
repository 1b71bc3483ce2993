#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

namespace fairlead::ports {

/// One thread that does errands in the order of their time. The destructor asks the errand that
/// runs to stop, drops the others and waits.
class Worker {
 public:
  using Errand = std::function<void(const std::stop_token&)>;
  using Clock = std::chrono::steady_clock;

  Worker();
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// As the destructor; nothing is done any more, whatever is added.
  void end();

  /// `errand` throws nothing.
  void add(Errand errand, std::chrono::milliseconds later = {});

 private:
  void run(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::multimap<Clock::time_point, Errand> errands_;
  std::jthread thread_;
};

}  // namespace fairlead::ports
