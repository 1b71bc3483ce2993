#pragma once

#include <cstdint>

namespace fairlead::relay {

/// The number of the network namespace that a process is in; 0: not ours to see.
std::uint64_t network_of(std::uint64_t pid);
std::uint64_t own_network();

/// A stream socket in the network namespace with that number (0: ours), or minus the error number:
/// EPERM when only root could do it.
int socket_in(std::uint64_t netns, int family);

}  // namespace fairlead::relay
