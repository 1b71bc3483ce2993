#pragma once

#include "ssh-remote/address.hpp"

#include <fairlead/error.hpp>

#include <string>

namespace fairlead::ssh {

/// The error that ssh's words about a failed connection mean, with those words and what to do.
/// `asked`: a person could have been asked for a password. "host.name", "host.unreachable",
/// "host.refused", "host.key_changed", "host.key_unknown", "host.denied", "host.closed".
Error connection_failure(const Address& address, const std::string& words, bool asked);

/// Error(failed, "host.shell"): logging in worked, running a command did not.
Error shell_failure(const Address& address, const std::string& words);

}  // namespace fairlead::ssh
