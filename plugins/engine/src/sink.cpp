#include "sink.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace fairlead::engine {

Sink::Sink(UniqueFd fd) : fd_(std::move(fd)) {
  struct stat info {};
  if (!fd_ || ::fstat(fd_.get(), &info) != 0) return;
  socket_ = S_ISSOCK(info.st_mode);
  if (!S_ISFIFO(info.st_mode) && !S_ISCHR(info.st_mode)) return;
  // A new open file of the same pipe or terminal has flags of its own.
  const auto path = "/proc/self/fd/" + std::to_string(fd_.get());
  UniqueFd own(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  may_block_ = !own;
  if (own) fd_ = std::move(own);
}

ssize_t Sink::write_now(std::string_view bytes) {
  if (socket_) return ::send(fd_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  // poll says that PIPE_BUF bytes fit, no more.
  const auto size = may_block_ ? std::min<std::size_t>(bytes.size(), PIPE_BUF) : bytes.size();
  return ::write(fd_.get(), bytes.data(), size);
}

void Sink::write(std::string_view bytes) {
  if (closed_ || !fd_) return;
  if (pending_.empty() && !may_block_) {
    while (!bytes.empty()) {
      const auto sent = write_now(bytes);
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
      if (sent < 0 && errno != EINTR) break;
    }
  }
  pending_ += bytes;
  if (!bytes.empty() && !may_block_) flush();  // tells "full" from "closed"
}

void Sink::flush() {
  if (pending_.empty()) return;
  const auto sent = write_now(pending_);
  if (sent >= 0) {
    pending_.erase(0, static_cast<std::size_t>(sent));
    return;
  }
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return;
  if (errno != EPIPE && errno != ECONNRESET && errno != EIO) {
    throw Error(Status::failed, "call.output",
                std::string("The output cannot be written: ") + std::strerror(errno) + ".");
  }
  closed_ = true;
  pending_.clear();
}

}  // namespace fairlead::engine
