#include "ports/worker.hpp"

#include <utility>

namespace fairlead::ports {

Worker::Worker() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

Worker::~Worker() { end(); }

void Worker::end() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void Worker::add(Errand errand, std::chrono::milliseconds later) {
  {
    const std::lock_guard lock(mutex_);
    errands_.emplace(Clock::now() + later, std::move(errand));
  }
  wake_.notify_one();
}

void Worker::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (errands_.empty()) {
      wake_.wait(lock, stop, [&] { return !errands_.empty(); });
      continue;
    }
    const auto first = errands_.begin();
    if (const auto due = first->first; due > Clock::now()) {
      // Until it is due, or something earlier has come.
      wake_.wait_until(lock, stop, due, [&] { return errands_.begin()->first < due; });
      continue;
    }
    const auto errand = std::move(first->second);
    errands_.erase(first);
    lock.unlock();
    errand(stop);
    lock.lock();
  }
}

}  // namespace fairlead::ports
