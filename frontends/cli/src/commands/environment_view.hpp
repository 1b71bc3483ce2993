#pragma once

#include <fairlead/engine.hpp>

#include <string>

namespace fairlead::cli {

/// The word for an instance's state ("running", "stopped").
std::string state_word(InstanceState state);

/// An environment as one JSON object, for list, status, stop and down.
std::string environment_json(const EnvironmentInfo& environment);

}  // namespace fairlead::cli
