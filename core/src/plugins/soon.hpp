#pragma once

#include <chrono>
#include <thread>

namespace fairlead {

/// Looks for a moment, without sleeping, whether `ready`: what another thread is about to do. To be
/// woken costs a thread 5 to 50 us, the most in a virtual machine; most answers are there before.
template <class Ready>
bool is_soon(const Ready& ready) {
  constexpr std::chrono::microseconds moment(40);
  const auto end = std::chrono::steady_clock::now() + moment;
  do {
    if (ready()) return true;
    std::this_thread::yield();
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

}  // namespace fairlead
