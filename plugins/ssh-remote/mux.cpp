#include "ssh-remote/mux.hpp"

#include "ssh-remote/control_socket.hpp"

#include <fairlead/error.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace fairlead::ssh {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t hello = 0x00000001;
constexpr std::uint32_t version = 4;
constexpr std::uint32_t new_session = 0x10000002;
constexpr std::uint32_t alive_check = 0x10000004;
constexpr std::uint32_t open_forward = 0x10000006;
constexpr std::uint32_t ok = 0x80000001;
constexpr std::uint32_t exit_message = 0x80000004;
constexpr std::uint32_t alive = 0x80000005;
constexpr std::uint32_t session_opened = 0x80000006;
constexpr std::uint32_t terminal_failed = 0x80000008;
constexpr std::uint32_t local_forward = 1;
constexpr std::uint32_t port_of_socket = 0xfffffffe;  // "this is a path" in the place of a port
constexpr std::uint32_t no_escape = 0xffffffff;
constexpr std::uint32_t longest = 256 * 1024;

Error lost() {
  return {Status::unavailable, "host.lost", "The connection to the host was lost.",
          "Run the command again: it connects anew."};
}

Error odd() {
  return {Status::unavailable, "host.protocol",
          "OpenSSH's connection process answers in a way that is not known.",
          "OpenSSH 8.7 or newer is needed."};
}

// Whether `fd` got ready before `deadline`.
bool wait_for(int fd, short events, int cancel_fd, Clock::time_point deadline) {
  for (;;) {
    int wait_ms = -1;
    if (deadline != Clock::time_point::max()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
      if (left.count() <= 0) return false;
      wait_ms = static_cast<int>(std::min<std::int64_t>(left.count(), 1'000'000));
    }
    std::array<pollfd, 2> watched{{{fd, events, 0}, {cancel_fd, POLLIN, 0}}};
    ::poll(watched.data(), watched.size(), wait_ms);
    if (watched[1].revents != 0) {
      throw Error(Status::cancelled, "call.cancelled", "the operation was cancelled");
    }
    if (watched[0].revents != 0) return true;
  }
}

constexpr auto for_ever = Clock::time_point::max();

std::string big_endian(std::uint32_t value) {
  return {static_cast<char>(value >> 24U), static_cast<char>(value >> 16U),
          static_cast<char>(value >> 8U), static_cast<char>(value)};
}

std::uint32_t from_big_endian(const char* bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

void read_exactly(int fd, char* data, std::size_t size, int cancel_fd) {
  while (size > 0) {
    wait_for(fd, POLLIN, cancel_fd, for_ever);
    const auto got = ::recv(fd, data, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw lost();
    data += got;
    size -= static_cast<std::size_t>(got);
  }
}

}  // namespace

MuxMessage& MuxMessage::number(std::uint32_t value) {
  bytes += big_endian(value);
  return *this;
}

MuxMessage& MuxMessage::text(const std::string& value) {
  number(static_cast<std::uint32_t>(value.size()));
  bytes += value;
  return *this;
}

std::uint32_t MuxMessage::take_number() {
  if (bytes.size() - at_ < 4) throw odd();
  const auto value = from_big_endian(bytes.data() + at_);
  at_ += 4;
  return value;
}

std::string MuxMessage::take_text() {
  const auto size = take_number();
  if (bytes.size() - at_ < size) throw odd();
  at_ += size;
  return bytes.substr(at_ - size, size);
}

void Mux::send(const MuxMessage& message, int cancel_fd) {
  const auto whole = big_endian(static_cast<std::uint32_t>(message.bytes.size())) + message.bytes;
  for (std::size_t sent = 0; sent < whole.size();) {
    wait_for(fd(), POLLOUT, cancel_fd, for_ever);
    const auto now = ::send(fd(), whole.data() + sent, whole.size() - sent, MSG_NOSIGNAL);
    if (now < 0 && errno != EINTR) throw lost();
    if (now > 0) sent += static_cast<std::size_t>(now);
  }
}

// As OpenSSH does it: one byte per descriptor.
void Mux::send_fd(int passed, int cancel_fd) {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  auto* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof passed);
  std::memcpy(CMSG_DATA(header), &passed, sizeof passed);
  wait_for(fd(), POLLOUT, cancel_fd, for_ever);
  while (::sendmsg(fd(), &message, MSG_NOSIGNAL) != 1) {
    if (errno != EINTR) throw lost();
  }
}

MuxMessage Mux::receive(int cancel_fd) {
  std::array<char, 4> head{};
  read_exactly(fd(), head.data(), head.size(), cancel_fd);
  MuxMessage message;
  const auto size = from_big_endian(head.data());
  if (size > longest) throw odd();
  message.bytes.resize(size);
  read_exactly(fd(), message.bytes.data(), size, cancel_fd);
  return message;
}

std::optional<Mux> Mux::connect(const std::string& socket, int cancel_fd) {
  auto connected = connect_socket(socket);
  if (!connected) return std::nullopt;
  Mux mux(std::move(connected));
  try {
    mux.send(MuxMessage(hello).number(version), cancel_fd);
    auto greeting = mux.receive(cancel_fd);
    if (greeting.take_number() != hello || greeting.take_number() != version) throw odd();
  } catch (const Error& error) {
    if (error.code() == "host.lost") return std::nullopt;  // it ended just now
    throw;
  }
  return mux;
}

MuxMessage Mux::ask(const MuxMessage& message, int cancel_fd) {
  send(message, cancel_fd);
  return receive(cancel_fd);
}

pid_t Mux::master(int cancel_fd) {
  auto reply = ask(MuxMessage(alive_check).number(++requests_), cancel_fd);
  if (reply.take_number() != alive) throw odd();
  reply.take_number();
  return static_cast<pid_t>(reply.take_number());
}

void Mux::open_session(const MuxSession& session, int cancel_fd) {
  MuxMessage message(new_session);
  message.number(++requests_).text("");
  message.number(session.term.empty() ? 0 : 1).number(0);
  // The agent is passed on only where the user's ssh configuration says so.
  message.number(1).number(0).number(no_escape).text(session.term).text(session.command);
  send(message, cancel_fd);
  for (const int passed : {session.in, session.out, session.err}) send_fd(passed, cancel_fd);
  auto reply = receive(cancel_fd);
  const auto type = reply.take_number();
  if (type == session_opened) return;
  reply.take_number();
  throw Error(Status::unavailable, "host.sessions",
              "The host lets no further command start: " + reply.take_text() + ".",
              "Its sshd allows so many at a time (MaxSessions); end some, or have it allow more.");
}

MuxEnd Mux::wait_session(int cancel_fd, std::optional<std::chrono::milliseconds> limit) {
  const auto deadline = limit ? Clock::now() + *limit : for_ever;
  MuxEnd end;
  try {
    for (;;) {
      if (!wait_for(fd(), POLLIN, cancel_fd, deadline)) throw lost();
      auto message = receive(cancel_fd);
      const auto type = message.take_number();
      message.take_number();
      if (type == exit_message) end.exit_code = static_cast<int>(message.take_number());
      if (type == terminal_failed) continue;  // the command runs without one
    }
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) end.cancelled = true;
    if (error.code() == "host.protocol") throw;
  }
  return end;
}

void Mux::forward(const std::string& local, const std::string& target, int port, int cancel_fd) {
  MuxMessage message(open_forward);
  message.number(++requests_).number(local_forward).text(local).number(port_of_socket);
  message.text(target).number(port > 0 ? static_cast<std::uint32_t>(port) : port_of_socket);
  auto reply = ask(message, cancel_fd);
  if (reply.take_number() == ok) return;
  reply.take_number();
  throw Error(Status::unavailable, "host.forward",
              "The connection to " + target +
                  " on the host cannot be forwarded: " + reply.take_text() + ".",
              "Its sshd may forbid it (AllowTcpForwarding, AllowStreamLocalForwarding).");
}

}  // namespace fairlead::ssh
