#pragma once

#include <cstdint>
#include <string>

namespace fairlead::ports {

/// Who listens on a TCP port of this machine: "node (process 4711)"; "another user's process" when
/// it may not be seen, "" when nobody does.
std::string port_holder(int port);

/// Whether that very socket, by its inode, listens on this machine.
bool listens_here(int port, std::uint64_t inode);

}  // namespace fairlead::ports
