#pragma once

#include "server/dispatcher.hpp"
#include "server/environments.hpp"

#include <functional>
#include <string>

namespace fairlead::server {

/// What methods about the process itself need.
struct Life {
  std::string version;
  std::function<void(bool keep)> end;  ///< `keep`: another one takes the forwards over
};

/// Adds everything that this process answers. Both outlive the dispatcher. docs/ports.md lists it.
void add_methods(Dispatcher& dispatcher, Environments& environments, const Life& life);

/// Whether a version, "0.10.1", is later than another.
bool is_newer(const std::string& version, const std::string& other);

}  // namespace fairlead::server
