#pragma once

#include "spec/json_access.hpp"

#include <fairlead/config_model.hpp>

#include <optional>
#include <vector>

namespace fairlead {

/// The maximum of each requirement; sizes as bytes in text. nullopt: nothing is asked for. With no
/// entries at all drop-in mode gives the reference's "-Infinity" (edge case 38), and with any
/// requirement a cpus of 0 where none was asked for. IMG-024, 025.
std::optional<Json> merge_requirements(const std::vector<Json>& entries, Mode mode);

}  // namespace fairlead
