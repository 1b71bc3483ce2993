#include "stream.hpp"

#include <fairlead/error.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace fairlead::testbed {
namespace {

[[noreturn]] void give_up(const std::string& target) {
  throw Error(Status::unavailable, "instance.connect",
              "cannot connect to " + target + ": " + std::generic_category().message(errno));
}

UniqueFd connected(int family, const sockaddr* address, socklen_t size, const std::string& target) {
  UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd || ::connect(fd.get(), address, size) != 0) give_up(target);
  return fd;
}

}  // namespace

UniqueFd connect_tcp(const std::string& host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  const std::string target = host + ":" + std::to_string(port);
  const std::string numeric = host == "localhost" ? "127.0.0.1" : host;
  errno = EINVAL;
  if (::inet_pton(AF_INET, numeric.c_str(), &address.sin_addr) != 1) give_up(target);
  return connected(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof address, target);
}

UniqueFd connect_unix(pid_t pid, const std::string& path) {
  const std::filesystem::path inside(path);
  const std::string folder =
      "/proc/" + std::to_string(pid) + "/root" + inside.parent_path().string();
  const UniqueFd directory(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) give_up(path);
  // By the descriptor: a socket's address holds 107 bytes, less than our folders' names.
  const std::string near =
      "/proc/self/fd/" + std::to_string(directory.get()) + "/" + inside.filename().string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  errno = ENAMETOOLONG;
  if (near.size() >= sizeof address.sun_path) give_up(path);
  std::memcpy(address.sun_path, near.c_str(), near.size() + 1);
  return connected(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address, path);
}

}  // namespace fairlead::testbed
