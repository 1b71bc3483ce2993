#pragma once

#include <sys/types.h>

#include <array>
#include <string>
#include <vector>

namespace fairlead {

/// What a new process does until it is another program. The signal mask and dispositions are reset,
/// all further descriptors closed.
struct SpawnSteps {
  std::string program;
  std::vector<std::string> argv;
  std::vector<std::string> variables;      ///< NAME=value
  std::string terminal;                    ///< a session of its own on it; empty: a process group
  std::array<int, 3> streams{-1, -1, -1};  ///< above 2, without a terminal; -1: /dev/null
  std::string folder;                      ///< empty: ours
};

/// Starts it with the limit of open files that this process came with (descriptor_limit.hpp).
/// Returns what errno says, 0 when it runs as `pid`. Threads: any.
int spawn(SpawnSteps steps, pid_t& pid);

}  // namespace fairlead
