#pragma once

#include "world.hpp"

#include <span>

namespace fairlead::conformance {

struct Check {
  const char* name;
  void (*run)(World& world);
};

/// Life, listing and events.
std::span<const Check> life_checks();
/// Commands inside.
std::span<const Check> exec_checks();
/// Logs, archives and connections.
std::span<const Check> stream_checks();

}  // namespace fairlead::conformance
