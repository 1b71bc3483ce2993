#pragma once

#include "engine/session.hpp"

#include <fairlead/exec_via.hpp>

#include <memory>

namespace fairlead::ports {
class RelaySession;
}

namespace fairlead {

/// A relay for the session's user; nothing when `via` says so or lets the backend's exec stand in.
std::unique_ptr<ports::RelaySession> relay_for(Core& core, ExecVia via, const Session& session,
                                               const ExecOptions& options,
                                               const std::stop_token& stop);

/// Runs the command and ends the relay. `environment` and `argv` are complete.
int run_by_relay(ports::RelaySession& relay, const Session& session, ExecOptions options,
                 const std::stop_token& stop);

}  // namespace fairlead
