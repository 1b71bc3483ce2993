#pragma once

#include <atomic>
#include <cstdint>

namespace fairlead::ports {

/// What went through one forward. Counted while it goes, read from any thread.
struct Traffic {
  std::atomic<std::uint64_t> to_inside{0};    ///< bytes
  std::atomic<std::uint64_t> from_inside{0};  ///< bytes
  std::atomic<std::uint64_t> connections{0};  ///< ever
  std::atomic<std::int64_t> open{0};          ///< now
};

}  // namespace fairlead::ports
