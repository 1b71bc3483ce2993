#include "base/pipe.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace fairlead {
namespace {

constexpr int idle_milliseconds = 100;

void drain(const std::stop_token& stop, int fd, const std::function<void(std::string_view)>& sink) {
  std::array<char, 16384> buffer;
  for (;;) {
    pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
    const int count = ::poll(&ready, 1, idle_milliseconds);
    if (count == 0 && stop.stop_requested()) return;
    if (count <= 0) continue;
    const auto n = ::read(fd, buffer.data(), buffer.size());
    if (n > 0) {
      sink({buffer.data(), static_cast<std::size_t>(n)});
    } else if (n == 0 || errno != EINTR) {
      return;
    }
  }
}

}  // namespace

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Error(Status::failed, "process.pipe",
                std::string("Cannot make a pipe: ") + std::strerror(errno));
  }
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

PipeReader::PipeReader(UniqueFd fd, std::function<void(std::string_view)> sink)
    : fd_(std::move(fd)),
      sink_(std::move(sink)),
      thread_([this](const std::stop_token& stop) { drain(stop, fd_.get(), sink_); }) {}

}  // namespace fairlead
