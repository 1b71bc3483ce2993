#include <fairlead/engine/own_call.hpp>

#include <poll.h>
#include <sys/timerfd.h>

namespace fairlead::engine {
namespace {

void ignore_event(const fairlead_call*, fairlead_str) {}
void ignore_end(const fairlead_call*, fairlead_status, fairlead_str, const std::int32_t*,
                std::size_t) {}

UniqueFd timer_of(std::chrono::milliseconds limit) {
  UniqueFd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  itimerspec when{};
  when.it_value.tv_sec = limit.count() / 1000;
  when.it_value.tv_nsec = limit.count() % 1000 * 1'000'000;
  ::timerfd_settime(timer.get(), 0, &when, nullptr);
  return timer;
}

}  // namespace

OwnCall::OwnCall(std::chrono::milliseconds limit)
    : timer_(timer_of(limit)),
      raw_{sizeof(fairlead_call), timer_.get(), nullptr, 0, nullptr, ignore_event, ignore_end},
      call_(std::make_unique<sdk::Call>(&raw_)) {}

OwnCall::~OwnCall() = default;

void OwnCall::end() noexcept {
  itimerspec now{};
  now.it_value.tv_nsec = 1;
  ::timerfd_settime(timer_.get(), 0, &now, nullptr);
}

void pause_for(std::chrono::milliseconds time, const sdk::Call& call) {
  pollfd watched{call.cancel_fd(), POLLIN, 0};
  ::poll(&watched, 1, static_cast<int>(time.count()));
  call.throw_if_cancelled();
}

}  // namespace fairlead::engine
