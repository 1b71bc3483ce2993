#include "plugins/wire.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace fairlead {

namespace {

constexpr std::size_t most_fds = 128;
constexpr std::uint32_t longest = 1U << 28U;

struct Head {
  std::uint32_t kind;
  std::uint32_t fd_count;
  std::uint64_t call;
  std::int32_t first;
  std::int32_t second;
  std::uint64_t size;
};

union Control {
  cmsghdr aligned;
  std::array<char, CMSG_SPACE(most_fds * sizeof(int))> bytes;
};

void add_fds(msghdr& message, Control& control, const std::int32_t* fds, std::size_t count) {
  message.msg_control = control.bytes.data();
  message.msg_controllen = CMSG_SPACE(count * sizeof(int));
  auto* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(count * sizeof(int));
  std::memcpy(CMSG_DATA(head), fds, count * sizeof(int));
}

void take_fds(msghdr& message, std::vector<UniqueFd>& fds) {
  for (auto* head = CMSG_FIRSTHDR(&message); head != nullptr; head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
    const auto count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(head) + i * sizeof(int), sizeof fd);
      fds.emplace_back(fd);
    }
  }
}

// Descriptors come with the first byte of what they were sent with.
bool read_exactly(int socket, char* into, std::size_t size, std::vector<UniqueFd>& fds) {
  while (size > 0) {
    Control control{};
    iovec piece{into, size};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = control.bytes.size();
    const auto got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    take_fds(message, fds);
    into += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

bool Wire::send(WireKind kind, std::uint64_t call, std::int32_t first, std::int32_t second,
                std::string_view text, const std::int32_t* fds, std::size_t fd_count) {
  if (fd_count > most_fds || text.size() > longest) {
    // Nobody would answer these.
    if (kind == WireKind::call || kind == WireKind::done) shut();
    return false;
  }
  Head head{static_cast<std::uint32_t>(kind),
            static_cast<std::uint32_t>(fd_count),
            call,
            first,
            second,
            text.size()};
  std::array<iovec, 2> pieces{
      {{&head, sizeof head}, {const_cast<char*>(text.data()), text.size()}}};
  Control control{};
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  if (fd_count > 0) add_fds(message, control, fds, fd_count);
  const std::lock_guard lock(sending_);
  for (std::size_t left = sizeof head + text.size(); left > 0;) {
    const auto sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) {
      shut();  // what follows half a message is none
      return false;
    }
    left -= static_cast<std::size_t>(sent);
    message.msg_control = nullptr;
    message.msg_controllen = 0;
    auto skip = static_cast<std::size_t>(sent);
    for (auto& piece : pieces) {
      const auto some = std::min(skip, piece.iov_len);
      piece.iov_base = static_cast<char*>(piece.iov_base) + some;
      piece.iov_len -= some;
      skip -= some;
    }
  }
  return true;
}

std::optional<WireMessage> Wire::receive() {
  Head head{};
  WireMessage message;
  if (!read_exactly(socket_.get(), reinterpret_cast<char*>(&head), sizeof head, message.fds)) {
    return std::nullopt;
  }
  if (head.size > longest || head.kind > static_cast<std::uint32_t>(WireKind::end)) {
    return std::nullopt;
  }
  message.kind = static_cast<WireKind>(head.kind);
  message.call = head.call;
  message.first = head.first;
  message.second = head.second;
  message.text.resize(head.size);
  if (!read_exactly(socket_.get(), message.text.data(), head.size, message.fds)) {
    return std::nullopt;
  }
  if (message.fds.size() != head.fd_count) return std::nullopt;
  return message;
}

bool Wire::has_more() const {
  pollfd ready{.fd = socket_.get(), .events = POLLIN, .revents = 0};
  return ::poll(&ready, 1, 0) != 0;
}

void Wire::shut() { ::shutdown(socket_.get(), SHUT_RDWR); }

}  // namespace fairlead
