#pragma once

/// TLS to servers of one's own environments.
namespace fairlead {

/// Speaks TLS as a client on the connected `socket`, whatever certificate the
/// server has, and moves bytes between it and the socket `plain` until both
/// have ended or `cancel_fd` is readable. `name` is what the server is asked
/// for. Takes no descriptor over. False: no TLS came to be. Throws Error
/// "module.missing". PORT-014.
bool join_with_local_tls(int socket, int plain, int cancel_fd, const char* name);

}  // namespace fairlead
