#pragma once

#include "arguments.hpp"
#include "session.hpp"

#include <fairlead/engine.hpp>

namespace fairlead::cli {

/// The secrets for the lifecycle commands: those of --secrets-file and, by our own name, those that
/// the configuration declares: from the environment, from the command of the setting, or asked for
/// on a terminal (SEC-001..003). An empty answer leaves one out.
Environment gather_secrets(Core& core, const Arguments& arguments, const Session& session,
                           const Selection& selection, std::stop_token stop);

}  // namespace fairlead::cli
