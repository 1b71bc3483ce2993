#pragma once

#include <fairlead/backend.hpp>
#include <fairlead/core.hpp>

#include <functional>
#include <memory>
#include <string>

namespace fairlead::ports {
class RelaySession;
}

namespace fairlead {

/// The relay that the background process keeps in an instance as `user`, borrowed; nothing when it
/// keeps none, or does not run. Never throws.
std::shared_ptr<ports::RelaySession> resident_relay(const Core& core, const std::string& backend,
                                                    const std::string& instance,
                                                    const std::string& user);

/// Gives a relay while there is one. Thread-safe, never throws.
using RelaySource = std::function<std::shared_ptr<ports::RelaySession>()>;

/// `backend`, but commands of `user` in `instance` run through the relay that `source` gives, and
/// by the backend's own exec while it gives none.
std::shared_ptr<Backend> through_relay(std::shared_ptr<Backend> backend, std::string instance,
                                       std::string user, RelaySource source);

/// `backend`, but commands of `user` in `instance` run through the resident relay while there is
/// one: an engine's exec takes fifty times as long. `core` outlives it.
std::shared_ptr<Backend> through_resident_relay(const Core& core, std::shared_ptr<Backend> backend,
                                                std::string instance, std::string user);

}  // namespace fairlead
