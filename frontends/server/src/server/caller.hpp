#pragma once

#include <fairlead/ports.hpp>

#include <string>
#include <vector>

namespace fairlead::server {

/// Who asks, and which environment is meant: a request carries everything that the same command
/// would have known by itself.
struct Caller {
  CoreOptions options;  ///< without functions
  Selection selection;
};

/// What is to be done for an environment.
struct ForwardOrder {
  bool configured = false;  ///< what its configuration names
  bool detect = false;
  bool relay = false;  ///< keep one inside, for commands
  bool sync = false;   ///< keep its folder on the host like the one here
  std::vector<ForwardWish> wishes;
};

/// One environment with its forwards.
struct EnvironmentForwards {
  std::string key;
  std::string folder;  ///< of the workspace; empty: a container without one
  std::string container_id;
  std::string container;  ///< its name
  bool running = false;
  std::vector<ForwardInfo> forwards;
  std::vector<std::string> failures;  ///< a line for each forward that could not be made
};

}  // namespace fairlead::server
