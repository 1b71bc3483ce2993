#pragma once

#include <fairlead/backend.hpp>

#include <chrono>

namespace fairlead {

/// How long a backend may take over what does not depend on the user's own work (a build, a pull, a
/// command may last for ever). Generous: over a slow link to a busy machine they still hold.
inline constexpr std::chrono::seconds question_limit{60};  ///< list, inspect, probe
inline constexpr std::chrono::seconds change_limit{300};   ///< create, start, stop, remove

/// Options of a call that only asks.
inline CallOptions question(std::stop_token stop) {
  return {.stop = std::move(stop), .timeout = question_limit};
}

/// Options of a call that changes an instance.
inline CallOptions change(std::stop_token stop) {
  return {.stop = std::move(stop), .timeout = change_limit};
}

}  // namespace fairlead
