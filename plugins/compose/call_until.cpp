#include "call_until.hpp"

#include <fairlead/error.hpp>

#include <sys/epoll.h>

#include <cerrno>
#include <system_error>

namespace fairlead::compose {
namespace {

void ignore_event(const fairlead_call*, fairlead_str) {}
void ignore_end(const fairlead_call*, fairlead_status, fairlead_str, const std::int32_t*,
                std::size_t) {}

[[noreturn]] void fail() {
  throw Error(Status::failed, "host.timer",
              "Waiting for two engines failed: " + std::generic_category().message(errno));
}

}  // namespace

CallUntil::CallUntil(const sdk::Call& outer, const UniqueFd& readable,
                     std::chrono::milliseconds limit)
    : timer_(limit),
      any_(::epoll_create1(EPOLL_CLOEXEC)),
      raw_{sizeof(fairlead_call), any_.get(), nullptr, 0, nullptr, ignore_event, ignore_end},
      call_(std::make_unique<sdk::Call>(&raw_)) {
  if (!any_) fail();
  for (const int fd : {outer.cancel_fd(), readable.get(), timer_.fd()}) {
    epoll_event event{};
    event.events = EPOLLIN;
    if (::epoll_ctl(any_.get(), EPOLL_CTL_ADD, fd, &event) != 0) fail();
  }
}

}  // namespace fairlead::compose
