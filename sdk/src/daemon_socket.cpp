#include <fairlead/sdk/daemon_socket.hpp>

#include <algorithm>

namespace fairlead::sdk {

std::string daemon_of_socket(std::string_view socket) {
  const auto slash = socket.rfind('/');
  if (slash == std::string_view::npos) return {};
  const auto folder = socket.substr(0, slash);
  if (std::ranges::find(daemon_socket_folders, folder) == daemon_socket_folders.end()) return {};
  const auto name = socket.substr(slash + 1);
  return std::string(name.substr(0, name.rfind(".sock")));
}

}  // namespace fairlead::sdk
