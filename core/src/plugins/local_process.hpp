#pragma once

#include <fairlead/backend.hpp>

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>

namespace fairlead {

/// The three streams of a child; an empty one is /dev/null.
struct ProcessStreams {
  UniqueFd in;
  UniqueFd out;
  UniqueFd err;
};

/// A child in a process group of its own. The descriptor becomes readable when it has ended, so no
/// SIGCHLD handler of ours can get into anybody's way.
struct LocalProcess {
  pid_t pid = -1;
  UniqueFd pidfd;
  UniqueFd terminal;  ///< our end of its pseudo terminal, when one was asked for
};

/// Starts `request` (its FdRefs are not looked at). The environment is this process's, or empty
/// with `clean_env`, plus `request.env`; argv[0] is looked up in the PATH of that. Signal mask and
/// dispositions are reset, all further descriptors closed.
/// Throws host.command_not_found, host.folder_not_found, host.spawn.
LocalProcess start_process(const SpawnRequest& request, ProcessStreams streams);

enum class ProcessEnd { exited, cancelled, timeout };

struct ProcessResult {
  ProcessEnd end = ProcessEnd::exited;
  int exit_code = 0;  ///< 128+n after signal n
};

/// Waits for the end. When `cancel_fd` is readable or `timeout` (0: none) over: TERM to the group,
/// KILL after a grace of 3 s. No process of the group is left then. `before_reap` runs when it has
/// ended while its number is still its own.
ProcessResult wait_process(const LocalProcess& process, int cancel_fd,
                           std::chrono::milliseconds timeout,
                           const std::function<void()>& before_reap = {});

/// The number of the signal that `name` ("TERM", "SIGTERM") names; 0: unknown.
int signal_number(const std::string& name);

}  // namespace fairlead
