#include "terminal.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace fairlead::testbed {
namespace {

winsize to_winsize(TerminalSize size) {
  winsize result{};
  result.ws_row = static_cast<unsigned short>(size.rows);
  result.ws_col = static_cast<unsigned short>(size.cols);
  return result;
}

bool write_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(fd, data, size);
    if (written < 0 && errno == EAGAIN) {
      pollfd entry{fd, POLLOUT, 0};
      ::poll(&entry, 1, 1000);
      continue;
    }
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) {
      data += written;
      size -= static_cast<std::size_t>(written);
    }
  }
  return true;
}

/// True as long as there may be more. The near end answers EIO once the far end is closed.
bool move_bytes(int from, int to) {
  std::array<char, 16384> buffer;
  const ssize_t size = ::read(from, buffer.data(), buffer.size());
  if (size < 0) return errno == EINTR || errno == EAGAIN;
  return size > 0 && write_all(to, buffer.data(), static_cast<std::size_t>(size));
}

}  // namespace

TerminalPump::TerminalPump(TerminalSize size, UniqueFd in, UniqueFd out)
    : in_(std::move(in)), out_(std::move(out)) {
  int near = -1;
  int far = -1;
  int wake[2];
  const winsize window = to_winsize(size);
  if (::openpty(&near, &far, nullptr, nullptr, &window) != 0 || ::pipe2(wake, O_CLOEXEC) != 0) {
    throw Error(Status::internal, "testbed.terminal", "no pseudo-terminal");
  }
  near_.reset(near);
  far_.reset(far);
  ::fcntl(near, F_SETFD, FD_CLOEXEC);
  ::fcntl(far, F_SETFD, FD_CLOEXEC);
  wake_read_.reset(wake[0]);
  wake_write_.reset(wake[1]);
}

TerminalPump::~TerminalPump() {
  wake_write_.reset();
  if (thread_.joinable()) thread_.join();
}

UniqueFd TerminalPump::far_end() const { return UniqueFd(::fcntl(far_.get(), F_DUPFD_CLOEXEC, 3)); }

void TerminalPump::start() {
  far_.reset();
  thread_ = std::thread([this] { run(); });
}

void TerminalPump::resize(TerminalSize size) {
  const winsize window = to_winsize(size);
  ::ioctl(near_.get(), TIOCSWINSZ, &window);
}

void TerminalPump::finish() {
  if (thread_.joinable()) thread_.join();
}

bool TerminalPump::move_input() {
  if (move_bytes(in_.get(), near_.get())) return true;
  constexpr char end_of_file =
      4;  // a terminal has no half-close: the line discipline's word for it
  return write_all(near_.get(), &end_of_file, 1) && false;
}

bool TerminalPump::move_output() { return move_bytes(near_.get(), out_.get()); }

void TerminalPump::run() {
  bool reading = static_cast<bool>(in_);
  while (true) {
    std::array<pollfd, 3> entries = {pollfd{near_.get(), POLLIN, 0},
                                     pollfd{wake_read_.get(), POLLIN, 0},
                                     pollfd{reading ? in_.get() : -1, POLLIN, 0}};
    if (::poll(entries.data(), entries.size(), -1) < 0 && errno != EINTR) return;
    if (entries[1].revents != 0) return;
    if (entries[0].revents != 0 && !move_output()) return;
    if (entries[2].revents != 0) reading = move_input();
  }
}

}  // namespace fairlead::testbed
