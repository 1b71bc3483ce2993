#pragma once

#include <fairlead/engine/own_call.hpp>

#include <chrono>
#include <functional>
#include <thread>

namespace fairlead::compose {

/// Work on a thread of its own that lasts as long as this object, at most a day. What it throws
/// only ends it: whoever waits meanwhile hears of the cause by himself.
class Beside {
 public:
  explicit Beside(std::function<void(const sdk::Call&)> work)
      : call_(std::chrono::hours(24)), thread_([this, work = std::move(work)] {
          try {
            work(call_.call());
          } catch (const std::exception&) {
            return;
          }
        }) {}
  ~Beside() {
    call_.end();
    thread_.join();
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;

 private:
  engine::OwnCall call_;
  std::thread thread_;
};

}  // namespace fairlead::compose
