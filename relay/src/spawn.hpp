#pragma once

#include <fairlead/relay/requests.hpp>

namespace fairlead::relay {

class Commands;

/// A started command and our ends of its streams; -1: there is none.
struct Spawned {
  int pid = -1;  ///< or minus the error number
  int in = -1;
  int out = -1;
  int err = -1;
  bool terminal = false;  ///< `in` and `out` are its other side
};

/// Never waits for the command. What it cannot run says so on its error stream and ends with 126 or
/// 127, as in a shell.
Spawned spawn(const Commands& commands, const RunRequest& request);

/// Says the size of a terminal.
void set_terminal_size(int fd, std::uint16_t rows, std::uint16_t columns);

}  // namespace fairlead::relay
