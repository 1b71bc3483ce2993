#pragma once

#include "engine/session.hpp"

#include <fairlead/exec_via.hpp>

#include <memory>

namespace fairlead::ports {
class RelaySession;
}

namespace fairlead {

/// What the setting `exec_via` says; called as `devcontainer` always the engine.
ExecVia usual_way(const Core& core, const Settings& settings);

/// A relay for the session's user, the resident one or one of its own that `backend` starts;
/// nothing when `via` says so or lets the backend's exec stand in, as it does for one of its own on
/// another machine (not `is_here`).
std::shared_ptr<ports::RelaySession> relay_for(Core& core, ExecVia via, const Session& session,
                                               const std::shared_ptr<Backend>& backend,
                                               const ExecOptions& options, bool is_here,
                                               const std::stop_token& stop);

/// Runs the command and ends the relay. `environment` and `argv` are complete.
int run_by_relay(ports::RelaySession& relay, const Session& session, ExecOptions options,
                 const std::stop_token& stop);

}  // namespace fairlead
