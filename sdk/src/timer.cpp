#include <fairlead/error.hpp>
#include <fairlead/sdk/timer.hpp>

#include <sys/timerfd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace fairlead::sdk {
namespace {

/// Nothing at all would stop the clock.
itimerspec soon() {
  itimerspec when{};
  when.it_value.tv_nsec = 1;
  return when;
}

}  // namespace

Timer::Timer(std::chrono::milliseconds limit)
    : fd_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
  if (!fd_) {
    throw Error(Status::failed, "host.timer",
                std::string("No timer: ") + std::strerror(errno) + ".");
  }
  auto when = soon();
  if (limit.count() > 0) {
    when.it_value.tv_sec = limit.count() / 1000;
    when.it_value.tv_nsec = limit.count() % 1000 * 1'000'000;
  }
  ::timerfd_settime(fd_.get(), 0, &when, nullptr);
}

void Timer::end() noexcept {
  const auto now = soon();
  ::timerfd_settime(fd_.get(), 0, &now, nullptr);
}

}  // namespace fairlead::sdk
