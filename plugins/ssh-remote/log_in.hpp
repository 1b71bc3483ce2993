#pragma once

#include <fairlead/model.hpp>

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

/// Runs ssh to its end with the caller's variables. Where a person can be asked it stays in our
/// process group, which owns the terminal; else in a session of its own, without one. Cancelled:
/// TERM, then Error(cancelled). Throws Error(not_found, "host.ssh_missing").
LogIn log_in(const std::vector<std::string>& argv, const Environment& environment, bool ask,
             int cancel_fd);

}  // namespace fairlead::ssh
