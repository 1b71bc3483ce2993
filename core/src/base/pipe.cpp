#include "base/pipe.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace fairlead {
namespace {

constexpr int idle_milliseconds = 100;

/// Sleeps until something comes: some pipes are open for days.
void drain(const std::stop_token& stop, int fd, const std::function<void(std::string_view)>& sink) {
  const UniqueFd ending(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const std::stop_callback on_stop(stop, [&] { ::eventfd_write(ending.get(), 1); });
  std::array<char, 16384> buffer;
  for (;;) {
    const bool last = stop.stop_requested();
    std::array<pollfd, 2> ready{{{fd, POLLIN, 0}, {last ? -1 : ending.get(), POLLIN, 0}}};
    const int count = ::poll(ready.data(), ready.size(), last || !ending ? idle_milliseconds : -1);
    if (count == 0 && last) return;
    if (count <= 0 || ready[0].revents == 0) continue;
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
