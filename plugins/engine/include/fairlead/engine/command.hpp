#pragma once

#include <fairlead/sdk/core.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace fairlead::engine {

struct CommandResult {
  int exit_code = 0;
  std::string tail;  ///< the last few KiB of its output, stdout and stderr together
};

/// Runs a command on the host and hands its output on while it comes (from another thread).
/// Ends when the command does, even if something that it left behind holds its output open.
CommandResult run_command(const sdk::HostClient& host, SpawnRequest command, const sdk::Call& call,
                          const std::function<void(std::string_view)>& on_output);

}  // namespace fairlead::engine
