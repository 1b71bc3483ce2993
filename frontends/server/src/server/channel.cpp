#include "server/channel.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>

namespace fairlead::server {
namespace {

constexpr timeval send_limit{.tv_sec = 10, .tv_usec = 0};
constexpr std::size_t piece = 64 * 1024;

}  // namespace

bool Channel::send(std::string_view text) {
  const auto message = rpc::frame(text);
  const std::lock_guard lock(sending_);
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &send_limit, sizeof send_limit);
  std::string_view rest = message;
  while (!rest.empty()) {
    const auto sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) {
      ::shutdown(socket_.get(), SHUT_RDWR);  // half a message cannot be followed by another
      return false;
    }
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Channel::wait_readable(const std::stop_token& stop) const {
  const UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const std::stop_callback on_stop(stop, [&] {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake.get(), &one, sizeof one);
  });
  std::array<pollfd, 2> fds{{{socket_.get(), POLLIN, 0}, {wake.get(), POLLIN, 0}}};
  while (::poll(fds.data(), fds.size(), -1) < 0 && errno == EINTR) {
  }
  return fds[1].revents == 0;
}

std::optional<std::string> Channel::receive(const std::stop_token& stop) {
  std::string buffer(piece, '\0');
  for (;;) {
    if (auto message = frames_.next()) return message;
    if (!wait_readable(stop)) return std::nullopt;
    const auto got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    frames_.append({buffer.data(), static_cast<std::size_t>(got)});
  }
}

void Channel::close() { ::shutdown(socket_.get(), SHUT_RDWR); }

}  // namespace fairlead::server
