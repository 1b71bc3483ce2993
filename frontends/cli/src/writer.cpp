#include "writer.hpp"

#include <fairlead/error.hpp>

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace fairlead::cli {
namespace {

// A terminal shared with a program that made it non-blocking answers EAGAIN.
bool wait_writable(int fd) {
  pollfd entry{fd, POLLOUT, 0};
  return ::poll(&entry, 1, 10'000) > 0;
}

/// Zero, or the errno of what could not be written.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR && (errno != EAGAIN || !wait_writable(fd))) {
      return errno;
    }
  }
  return 0;
}

}  // namespace

Writer fd_writer(int fd) {
  return [fd](std::string_view text) { write_all(fd, text); };
}

Writer result_writer(int fd) {
  return [fd](std::string_view text) {
    const int error = write_all(fd, text);
    if (error == 0 || error == EPIPE) return;
    throw Error(Status::failed, "output.write",
                std::string("The result cannot be written: ") + std::strerror(error) + '.');
  };
}

}  // namespace fairlead::cli
