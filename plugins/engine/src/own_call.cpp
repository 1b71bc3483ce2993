#include <fairlead/engine/own_call.hpp>

#include <poll.h>

namespace fairlead::engine {
namespace {

void ignore_event(const fairlead_call*, fairlead_str) {}
void ignore_end(const fairlead_call*, fairlead_status, fairlead_str, const std::int32_t*,
                std::size_t) {}

}  // namespace

OwnCall::OwnCall(std::chrono::milliseconds limit)
    : timer_(limit),
      raw_{sizeof(fairlead_call), timer_.fd(), nullptr, 0, nullptr, ignore_event, ignore_end},
      call_(std::make_unique<sdk::Call>(&raw_)) {}

OwnCall::~OwnCall() = default;

void OwnCall::end() noexcept { timer_.end(); }

void pause_for(std::chrono::milliseconds time, const sdk::Call& call) {
  pollfd watched{call.cancel_fd(), POLLIN, 0};
  ::poll(&watched, 1, static_cast<int>(time.count()));
  call.throw_if_cancelled();
}

}  // namespace fairlead::engine
