#pragma once

#include <fairlead/engine.hpp>

#include <string>

namespace fairlead::cli {

/// The word for an instance's state ("running", "stopped").
std::string state_word(InstanceState state);

/// "3 days"; "" for -1, an unknown age.
std::string age_text(std::int64_t seconds);

/// "8080->80, 9000->9000/udp", each once; "" for none.
std::string ports_text(const std::vector<PublishedPort>& ports);

/// Backends that did not answer as a JSON array, for list and status.
std::string silent_json(const std::vector<SilentBackend>& silent);

/// An environment as one JSON object, for list, status, stop and down.
std::string environment_json(const EnvironmentInfo& environment);

}  // namespace fairlead::cli
