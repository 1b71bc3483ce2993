#pragma once

#include <fairlead/engine.hpp>

namespace fairlead {

/// How a command gets into an environment.
enum class ExecVia {
  engine,     ///< an exec of the backend
  relay,      ///< the relay, which is put there if need be: ends with its caller, however that ends
  automatic,  ///< the relay where it can run, else an exec of the backend
};

/// As `exec`. Throws also "relay.place", "relay.start", "relay.too_large" when `via` is `relay`.
int exec_via(Core& core, ExecVia via, ExecOptions options, std::stop_token stop);

}  // namespace fairlead
