#pragma once

#include <fairlead/engine.hpp>

#include <optional>

namespace fairlead {

/// How a command gets into an environment.
enum class ExecVia {
  engine,     ///< an exec of the backend
  relay,      ///< the relay: it is put there if need be, and its commands end with their caller
  automatic,  ///< the relay where it can run, else an exec of the backend
};

/// As `exec`; without `via` the setting `exec_via` says. The relay that the background process
/// keeps in the environment is used where there is one. Throws also "relay.place", "relay.start",
/// "relay.too_large" when `via` is `relay`.
int exec_via(Core& core, std::optional<ExecVia> via, ExecOptions options, std::stop_token stop);

}  // namespace fairlead
