#include "plugins/stop_fd.hpp"

#include <fairlead/error.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

namespace fairlead {

namespace {

UniqueFd make_event() {
  UniqueFd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (event) return event;
  throw Error(Status::unavailable, "system.descriptors",
              std::string("cannot open an event descriptor: ") + std::strerror(errno));
}

}  // namespace

StopFd::StopFd(const std::stop_token& stop)
    : event_(make_event()), on_stop_(stop, [this] { raise(); }) {}

void StopFd::raise() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof one);
}

}  // namespace fairlead
