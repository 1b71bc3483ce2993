#include "writer.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace fairlead::cli {
namespace {

// A terminal shared with a program that made it non-blocking answers EAGAIN.
bool wait_writable(int fd) {
  pollfd entry{fd, POLLOUT, 0};
  return ::poll(&entry, 1, 10'000) > 0;
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR && (errno != EAGAIN || !wait_writable(fd))) {
      return;
    }
  }
}

}  // namespace

Writer fd_writer(int fd) {
  return [fd](std::string_view text) { write_all(fd, text); };
}

}  // namespace fairlead::cli
