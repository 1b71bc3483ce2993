#include "plugins/local_dial.hpp"

#include <fairlead/error.hpp>
#include <fairlead/sdk/daemon_socket.hpp>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

namespace fairlead {

namespace {

using Clock = std::chrono::steady_clock;

// A full queue of a Unix socket refuses at once and cannot be waited for.
constexpr int retry_ms = 10;

std::string where(const HostDialRequest& request) {
  return request.socket.empty() ? request.host + ":" + std::to_string(request.port)
                                : request.socket;
}

Error refused(const HostDialRequest& request, int error) {
  const bool denied = error == EACCES || error == EPERM;
  const auto text = "cannot connect to " + where(request) + ": " + std::strerror(error);
  if (denied) return {Status::denied, "host.permission", text};
  const auto name = sdk::daemon_of_socket(request.socket);
  if (error == ENOENT && is_installed(name)) {
    return {Status::unavailable, "host.not_running",
            text + "; " + name + "d is installed, but does not run",
            "Start it: `sudo systemctl start " + name + "`."};
  }
  if (error == ENOENT) return {Status::unavailable, "host.no_socket", text};
  return {Status::unavailable, "host.connect", text};
}

class Wait {
 public:
  Wait(int cancel_fd, std::chrono::milliseconds timeout)
      : cancel_fd_(cancel_fd),
        deadline_(timeout.count() > 0 ? Clock::now() + timeout : Clock::time_point::max()) {}

  // Until `fd` (-1: none) is writable or `most_ms` (-1: no limit) have passed. Throws
  // Error(cancelled); returns false when the deadline is over.
  bool writable(int fd, int most_ms) const {
    std::array<pollfd, 2> fds{{{fd, POLLOUT, 0}, {cancel_fd_, POLLIN, 0}}};
    ::poll(fds.data(), fds.size(), shorter(most_ms));  // negative descriptors are passed over
    if (fds[1].revents != 0) {
      throw Error(Status::cancelled, "call.cancelled", "the operation was cancelled");
    }
    return Clock::now() < deadline_;
  }

 private:
  int shorter(int most_ms) const {
    if (deadline_ == Clock::time_point::max()) return most_ms;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
    const auto wait = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
    return most_ms < 0 ? wait : std::min(wait, most_ms);
  }

  int cancel_fd_;
  Clock::time_point deadline_;
};

int finish_connect(int fd, const Wait& wait) {
  for (;;) {
    const bool in_time = wait.writable(fd, -1);
    pollfd now{fd, POLLOUT, 0};
    if (::poll(&now, 1, 0) > 0) break;
    if (!in_time) return ETIMEDOUT;
  }
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

// 0, or why not.
int connect_one(UniqueFd& out, const sockaddr* address, socklen_t size, const Wait& wait) {
  UniqueFd fd(::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return errno;
  int error = ::connect(fd.get(), address, size) == 0 ? 0 : errno;
  while (error == EAGAIN || error == EINTR) {
    if (!wait.writable(-1, retry_ms)) return ETIMEDOUT;
    error = ::connect(fd.get(), address, size) == 0 ? 0 : errno;
  }
  if (error == EINPROGRESS || error == EALREADY) error = finish_connect(fd.get(), wait);
  if (error == EISCONN) error = 0;
  if (error != 0) return error;
  ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) & ~O_NONBLOCK);
  out = std::move(fd);
  return 0;
}

UniqueFd dial_unix(const HostDialRequest& request, const Wait& wait) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (request.socket.size() >= sizeof address.sun_path) throw refused(request, ENAMETOOLONG);
  request.socket.copy(address.sun_path, request.socket.size());
  UniqueFd fd;
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (const int error = connect_one(fd, generic, sizeof address, wait); error != 0) {
    throw refused(request, error);
  }
  return fd;
}

UniqueFd dial_tcp(const HostDialRequest& request, const Wait& wait) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* raw = nullptr;
  const auto port = std::to_string(request.port);
  const int problem = ::getaddrinfo(request.host.c_str(), port.c_str(), &hints, &raw);
  if (problem != 0) {
    throw Error(Status::unavailable, "host.connect",
                "cannot connect to " + where(request) + ": " + ::gai_strerror(problem));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> found(raw, &::freeaddrinfo);
  int error = ECONNREFUSED;
  for (const auto* at = found.get(); at != nullptr; at = at->ai_next) {
    UniqueFd fd;
    error = connect_one(fd, at->ai_addr, at->ai_addrlen, wait);
    if (error != 0) continue;
    const int on = 1;  // small frames both ways: nothing is gained by waiting for more
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
  }
  throw refused(request, error);
}

}  // namespace

bool is_installed(const std::string& name, const std::string& root) {
  if (name.empty() || ::access((root + "/var/lib/" + name).c_str(), F_OK) != 0) return false;
  return std::ranges::any_of(sdk::daemon_folders, [&](std::string_view folder) {
    return ::access((root + std::string(folder) + '/' + name + 'd').c_str(), X_OK) == 0;
  });
}

UniqueFd dial_local(const HostDialRequest& request, int cancel_fd,
                    std::chrono::milliseconds timeout) {
  const Wait wait(cancel_fd, timeout);
  return request.socket.empty() ? dial_tcp(request, wait) : dial_unix(request, wait);
}

}  // namespace fairlead
