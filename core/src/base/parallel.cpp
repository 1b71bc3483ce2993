#include "base/parallel.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace fairlead {
namespace {

class Work {
 public:
  Work(std::size_t count, const std::function<void(std::size_t, std::stop_token)>& work)
      : count_(count), work_(work) {}

  void run() {
    for (;;) {
      const auto index = take();
      if (index == count_) return;
      try {
        work_(index, stop_.get_token());
      } catch (...) {
        fail();
      }
    }
  }

  void stop() { stop_.request_stop(); }

  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::size_t take() {
    const std::lock_guard lock(mutex_);
    return failure_ ? count_ : std::min(next_++, count_);
  }

  // What others say after they were stopped is a consequence.
  void fail() {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
    stop_.request_stop();
  }

  std::size_t count_;
  const std::function<void(std::size_t, std::stop_token)>& work_;
  std::stop_source stop_;
  std::mutex mutex_;
  std::size_t next_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

void for_each_parallel(std::size_t count, std::size_t threads, std::stop_token stop,
                       const std::function<void(std::size_t, std::stop_token)>& work) {
  Work shared(count, work);
  const std::stop_callback forward(stop, [&shared] { shared.stop(); });
  {
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < std::min(count, threads); ++i) {
      helpers.emplace_back([&shared] { shared.run(); });
    }
    shared.run();
  }
  shared.rethrow();
}

}  // namespace fairlead
