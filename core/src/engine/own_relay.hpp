#pragma once

#include "engine/find.hpp"

#include <functional>
#include <memory>
#include <stop_token>

namespace fairlead {

enum class RelayStart {
  now,         ///< begun at once, on a thread of its own
  when_needed  ///< begun by the first command
};

/// What runs commands in an instance.
struct WayInside {
  std::shared_ptr<Backend> backend;
  /// Between two commands: what was begun before the user was added to a group is begun anew. Empty
  /// where each command is begun by itself.
  std::function<void()> refresh;
};

/// `backend`, but commands that the tool runs in `instance` as the user of `merged` share one relay
/// of this process, which ends with the last of the backend's holders: an engine's exec takes about
/// fifty milliseconds each time. `backend` itself where that is no gain: in the drop-in, on a host,
/// without the relay's mount, where the user or the past says no. A relay that cannot be started is
/// no error; the backend's exec does it then. `stop` ends the start. `core` outlives it.
WayInside with_own_relay(const Core& core, const Workspace& workspace,
                         std::shared_ptr<Backend> backend, const InstanceInfo& instance,
                         const MergedConfig& merged, RelayStart start, const std::stop_token& stop);

}  // namespace fairlead
