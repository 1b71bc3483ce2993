#pragma once

#include <array>
#include <string>
#include <string_view>

/// Whose a socket is that is not there: by custom "x.sock" in the system's own folder is that of a
/// program named xd, which keeps its things in /var/lib/x. Whoever has both has it installed, and
/// it does not run. Pure; for hosts, which look at different machines in different ways.
namespace fairlead::sdk {

/// Only of sockets directly in these the names say whose they are.
inline constexpr std::array<std::string_view, 2> daemon_socket_folders = {"/run", "/var/run"};

/// Where the program may be.
inline constexpr std::array<std::string_view, 7> daemon_folders = {
    "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/bin", "/sbin", "/snap/bin"};

/// "docker" of "/var/run/docker.sock": its program is this with a "d", its things are in /var/lib
/// under this. Empty: the socket's path does not say.
std::string daemon_of_socket(std::string_view socket);

}  // namespace fairlead::sdk
