#pragma once

#include <fairlead/model.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace fairlead::ssh {

/// Whether a person can be asked for a password or about a host's key: this process has its
/// terminal to itself, or `environment` names an askpass program and a screen for it.
bool can_ask(const Environment& environment);

struct LogIn {
  int status = 0;
  std::string output;
  std::string words;  ///< what went to standard error
};

struct LogInCommand {
  std::vector<std::string> argv;
  Environment environment;       ///< the caller's
  bool ask = false;              ///< as `can_ask`
  std::int64_t descriptors = 0;  ///< its limit of open ones, and of what it starts; 0: ours
};

/// Runs ssh to its end. Where a person can be asked it stays in our process group, which owns the
/// terminal; else in a session of its own, without one. Cancelled: TERM, then Error(cancelled).
/// Throws Error(not_found, "host.ssh_missing").
LogIn log_in(const LogInCommand& command, int cancel_fd);

}  // namespace fairlead::ssh
