#pragma once

#include "ssh-remote/master.hpp"

namespace fairlead::ssh {

/// Connects to a Unix socket or a TCP address as seen from the host. The master listens for it on
/// a local socket in a private folder, which stays, so that a second connection costs no message.
/// Throws Error(denied, "host.permission") or Error(unavailable, "host.connect") when the socket
/// cannot be used; a TCP address that refuses ends the stream at once instead.
UniqueFd dial_through(Master& master, const HostDialRequest& request, int cancel_fd);

}  // namespace fairlead::ssh
