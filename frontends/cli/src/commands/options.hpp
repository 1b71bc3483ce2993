#pragma once

#include "arguments.hpp"
#include "session.hpp"

#include <fairlead/engine.hpp>

namespace fairlead::cli {

// From flags to the core's requests. Pure but for the process' folder and environment.

/// What every command says to the core: mode, environment, folder, and the general flags.
CoreOptions core_options(const Arguments& arguments);

/// Which environment is meant. The current folder stands in when the flags name neither a workspace
/// nor, for commands on something that exists, a container (reference-cli 1.2, notes).
Selection selection_of(const Arguments& arguments);

/// `--remote-env` and how the user's environment is read.
RemoteEnvironmentOptions remote_options(const Arguments& arguments);

/// Where lifecycle commands stop.
LifecycleOptions lifecycle_options(const Arguments& arguments);

/// Everything that `up` and the commands that include it are told.
UpRequest up_request(const Arguments& arguments);

/// How images are built.
BuildOptions build_options(const Arguments& arguments);

}  // namespace fairlead::cli
