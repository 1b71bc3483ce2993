#include "ports/local_end.hpp"

#include "ports/port_holder.hpp"

#include <fairlead/error.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <utility>

namespace fairlead::ports {
namespace {

constexpr int highest_port = 65535;
constexpr int first_ordinary = 1025;
constexpr int most_tries = 200;
constexpr int backlog = 1024;

struct Bound {
  UniqueFd socket;
  int error = 0;
};

/// `address` is numeric, "[::]" may have its brackets.
Bound listen_on(std::string address, int port) {
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  const bool six = address.find(':') != std::string::npos;
  v4.sin_family = AF_INET;
  v4.sin_port = htons(static_cast<std::uint16_t>(port));
  v6.sin6_family = AF_INET6;
  v6.sin6_port = v4.sin_port;
  void* place = six ? static_cast<void*>(&v6.sin6_addr) : static_cast<void*>(&v4.sin_addr);
  if (::inet_pton(six ? AF_INET6 : AF_INET, address.c_str(), place) != 1) return {{}, EINVAL};
  UniqueFd fd(::socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return {{}, errno};
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (six) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  const auto* generic =
      six ? reinterpret_cast<const sockaddr*>(&v6) : reinterpret_cast<const sockaddr*>(&v4);
  const socklen_t size = six ? sizeof v6 : sizeof v4;
  if (::bind(fd.get(), generic, size) != 0 || ::listen(fd.get(), backlog) != 0) return {{}, errno};
  return {std::move(fd), 0};
}

int port_of(const UniqueFd& socket) {
  sockaddr_in6 address{};
  socklen_t size = sizeof address;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin6_port);  // at the same place for both families
}

bool is_absent(int error) { return error == EADDRNOTAVAIL || error == EAFNOSUPPORT; }

/// All addresses with one port, or why not. Of the standard two ::1 may be absent.
int listen_on_all(const LocalWish& wish, int port, LocalEnd& end) {
  const bool standard = wish.addresses.empty();
  const auto addresses = standard ? std::vector<std::string>{"127.0.0.1", "::1"} : wish.addresses;
  LocalEnd made{.address = addresses.front(), .port = port};
  for (const auto& address : addresses) {
    auto bound = listen_on(address, made.port);
    if (bound.error != 0 && standard && !made.listeners.empty() && is_absent(bound.error)) continue;
    if (bound.error != 0) return bound.error;
    made.port = port_of(bound.socket);
    made.listeners.push_back(std::move(bound.socket));
  }
  end = std::move(made);
  return 0;
}

int first_unprivileged() {
  std::ifstream file("/proc/sys/net/ipv4/ip_unprivileged_port_start");
  int port = 1024;
  file >> port;
  return port;
}

Error cannot(int port, int error) {
  const auto where = port == 0 ? std::string("any port") : "port " + std::to_string(port);
  return {Status::failed, "ports.bind", "Cannot listen on " + where + ": " + std::strerror(error)};
}

Error taken(int port) {
  auto holder = port_holder(port);
  if (holder.empty()) holder = "somebody else";
  return {
      Status::conflict, "ports.taken",
      "Port " + std::to_string(port) + " of this machine is required but taken by " + holder + '.',
      "End that process, or set requireLocalPort to false to use another port."};
}

std::string note_of(int wanted, int got, int error) {
  const auto other = ", " + std::to_string(got) + " is used instead.";
  if (error == EACCES || error == EPERM) {
    return "This user may not listen on port " + std::to_string(wanted) + other;
  }
  const auto holder = port_holder(wanted);
  return "Port " + std::to_string(wanted) + " is taken" + (holder.empty() ? "" : " by " + holder) +
         other;
}

LocalEnd listen_elsewhere(const LocalWish& wish, int error) {
  auto ports = other_ports(wish.port, first_unprivileged());
  ports.push_back(0);
  LocalEnd end;
  for (const int port : ports) {
    if (listen_on_all(wish, port, end) != 0) continue;
    end.note = note_of(wish.port, end.port, error);
    return end;
  }
  throw cannot(wish.port, error);
}

/// One that nobody listens on any more is in the way of nobody.
bool is_abandoned(const sockaddr_un& address) {
  struct stat info {};
  if (::lstat(address.sun_path, &info) != 0 || !S_ISSOCK(info.st_mode)) return false;
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
         errno == ECONNREFUSED;
}

LocalEnd listen_on_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto fail = [&](int error) {
    return Error(error == EADDRINUSE ? Status::conflict : Status::failed,
                 error == EADDRINUSE ? "ports.taken" : "ports.bind",
                 "Cannot listen on '" + path + "': " + std::strerror(error));
  };
  if (path.size() >= sizeof address.sun_path) throw fail(ENAMETOOLONG);
  path.copy(address.sun_path, path.size());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) throw fail(errno);
  if (is_abandoned(address)) ::unlink(address.sun_path);
  ::fchmod(fd.get(), 0600);  // the user's alone; the file gets the socket's mode
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(fd.get(), backlog) != 0) {
    throw fail(errno);
  }
  LocalEnd end{.address = path};
  end.listeners.push_back(std::move(fd));
  return end;
}

}  // namespace

std::vector<int> other_ports(int wanted, int first_unprivileged) {
  const int first =
      wanted < first_unprivileged ? std::max(first_ordinary, first_unprivileged) : wanted + 1;
  std::vector<int> ports;
  for (int port = first; port <= highest_port && port < first + most_tries; ++port)
    ports.push_back(port);
  return ports;
}

LocalEnd open_local_end(const LocalWish& wish) {
  if (!wish.socket.empty()) return listen_on_socket(wish.socket);
  LocalEnd end;
  int error = 0;
  // Any free port: the one that the first address got may be taken on the second.
  for (int i = 0; i < (wish.port == 0 ? most_tries : 1); ++i) {
    error = listen_on_all(wish, wish.port, end);
    if (error == 0) return end;
  }
  const bool elsewhere = error == EADDRINUSE || error == EACCES || error == EPERM;
  if (!elsewhere || wish.port == 0) throw cannot(wish.port, error);
  if (wish.required && error == EADDRINUSE) throw taken(wish.port);
  if (wish.required) throw cannot(wish.port, error);
  return listen_elsewhere(wish, error);
}

}  // namespace fairlead::ports
