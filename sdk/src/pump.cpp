#include <fairlead/error.hpp>
#include <fairlead/sdk/no_sigpipe.hpp>
#include <fairlead/sdk/pump.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <thread>

namespace fairlead::sdk {

namespace {

constexpr std::size_t chunk = std::size_t{64} << 10U;

[[noreturn]] void fail(const char* code, int error) {
  throw Error(Status::failed, code, std::string("the byte stream broke: ") + std::strerror(error));
}

mode_t kind(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 ? info.st_mode & S_IFMT : 0;
}

// False: cancelled.
bool wait_for(int fd, short events, int cancel_fd) {
  std::array<pollfd, 2> fds{{{fd, events, 0}, {cancel_fd, POLLIN, 0}}};
  while (::poll(fds.data(), cancel_fd < 0 ? 1 : 2, -1) < 0) {
    if (errno != EINTR) fail("pump.read", errno);
  }
  return cancel_fd < 0 || fds[1].revents == 0;
}

bool is_retry(int error) { return error == EINTR || error == EAGAIN; }
bool is_gone(int error) { return error == EPIPE || error == ECONNRESET; }

class Pump {
 public:
  Pump(int from, int to, int cancel_fd)
      : from_(from),
        to_(to),
        cancel_fd_(cancel_fd),
        to_socket_(kind(to) == S_IFSOCK),
        // Only a pipe takes no more than it has room for when asked so; a socket would block.
        splice_(kind(to) == S_IFIFO && (kind(from) == S_IFSOCK || kind(from) == S_IFIFO)) {}

  PumpResult run() {
    while (step()) {
    }
    if (result_.end == PumpEnd::end_of_stream && to_socket_) ::shutdown(to_, SHUT_WR);
    return result_;
  }

 private:
  bool end(PumpEnd how) {
    result_.end = how;
    return false;
  }

  bool step() {
    if (!wait_for(from_, POLLIN, cancel_fd_)) return end(PumpEnd::cancelled);
    return splice_ ? move_pages() : copy();
  }

  bool move_pages() {
    if (!wait_for(to_, POLLOUT, cancel_fd_)) return end(PumpEnd::cancelled);
    const auto moved =
        ::splice(from_, nullptr, to_, nullptr, chunk, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (moved > 0) result_.bytes += static_cast<std::uint64_t>(moved);
    if (moved > 0) return true;
    if (moved == 0) return end(PumpEnd::end_of_stream);
    if (is_retry(errno)) return true;
    if (errno == EPIPE) return end(PumpEnd::receiver_gone);
    if (errno == ECONNRESET) return end(PumpEnd::end_of_stream);
    splice_ = false;  // a kind of socket or pipe that the kernel does not splice
    return true;
  }

  bool copy() {
    const auto got = ::read(from_, buffer_.data(), buffer_.size());
    if (got < 0 && is_retry(errno)) return true;
    // EIO is how a pseudo terminal says that its other side is closed.
    if (got < 0 && errno != EIO && errno != ECONNRESET) fail("pump.read", errno);
    if (got <= 0) return end(PumpEnd::end_of_stream);
    return write_all(buffer_.data(), static_cast<std::size_t>(got));
  }

  bool write_all(const char* data, std::size_t size) {
    while (size > 0) {
      if (!wait_for(to_, POLLOUT, cancel_fd_)) return end(PumpEnd::cancelled);
      const auto put = write_some(data, size);
      if (put < 0 && is_retry(errno)) continue;
      if (put < 0 && is_gone(errno)) return end(PumpEnd::receiver_gone);
      if (put < 0) fail("pump.write", errno);
      data += put;
      size -= static_cast<std::size_t>(put);
      result_.bytes += static_cast<std::uint64_t>(put);
    }
    return true;
  }

  // Never more than the receiver takes without blocking: a cancel must be seen.
  ssize_t write_some(const char* data, std::size_t size) const {
    if (to_socket_) return ::send(to_, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    return ::write(to_, data, size < atomic_write ? size : atomic_write);
  }

  static constexpr std::size_t atomic_write = 4096;  // what poll(2) promises for a writable pipe

  int from_;
  int to_;
  int cancel_fd_;
  bool to_socket_;
  bool splice_;
  PumpResult result_;
  std::array<char, chunk> buffer_;
};

void pump_quietly(int from, int to, int cancel_fd) {
  try {
    if (pump(from, to, cancel_fd).end == PumpEnd::receiver_gone) ::shutdown(from, SHUT_RD);
  } catch (const Error&) {
    ::shutdown(to, SHUT_WR);
  }
}

}  // namespace

PumpResult pump(int from, int to, int cancel_fd) {
  const NoSigpipe guard;
  return Pump(from, to, cancel_fd).run();
}

void relay(int left, int right, int cancel_fd) {
  std::thread back(pump_quietly, right, left, cancel_fd);
  pump_quietly(left, right, cancel_fd);
  back.join();
}

}  // namespace fairlead::sdk
