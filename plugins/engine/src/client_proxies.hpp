#pragma once

#include <fairlead/engine/create.hpp>

namespace fairlead::engine {

/// The variables that the docker client adds to every container and build: those of `proxies` in
/// its config.json, in both spellings, for the engine that the caller means (DOCKER_HOST) or for
/// all. Empty without a readable file.
Environment client_proxies(const ClientSide& client);

}  // namespace fairlead::engine
