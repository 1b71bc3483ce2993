#pragma once

#include <poll.h>

#include <chrono>

namespace fairlead::test {

/// Looks every ten milliseconds until `condition` holds; false when the time is over first. For
/// what nothing announces; everything else waits for its event.
template <class Condition>
bool wait_until(std::chrono::milliseconds timeout, const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    ::poll(nullptr, 0, 10);
  }
  return true;
}

}  // namespace fairlead::test
