#include "plugins/kit/raw_call.hpp"

#include <sys/eventfd.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace fairlead::kit {

struct RawCall::State {
  std::mutex mutex;
  std::condition_variable changed;
  UniqueFd cancel{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::string request;
  std::vector<std::int32_t> fds;
  fairlead_call raw{};
  fairlead_status status = FAIRLEAD_OK;
  std::string body;
  int answers = 0;
  int late_events = 0;
  bool returned = false;
};

namespace {

/// The instances of all calls that have not returned, one for each call.
struct Running {
  std::mutex mutex;
  std::multiset<void*> instances;
};

Running& running() {
  static auto& all = *new Running;  // threads that are left behind may end after us
  return all;
}

void begins(void* self) {
  const std::lock_guard lock(running().mutex);
  running().instances.insert(self);
}

void returns(void* self) {
  const std::lock_guard lock(running().mutex);
  running().instances.erase(running().instances.find(self));
}

RawCall::State& state_of(const fairlead_call* call) {
  return *static_cast<RawCall::State*>(call->owner);
}

void on_event(const fairlead_call* call, fairlead_str /*event*/) noexcept {
  auto& state = state_of(call);
  const std::lock_guard lock(state.mutex);
  if (state.answers > 0) ++state.late_events;
}

void on_done(const fairlead_call* call, fairlead_status status, fairlead_str body,
             const std::int32_t* fds, std::size_t fd_count) noexcept {
  for (std::size_t i = 0; i < fd_count; ++i) ::close(fds[i]);
  auto& state = state_of(call);
  const std::lock_guard lock(state.mutex);
  if (++state.answers == 1) {
    state.status = status;
    if (body.size > 0) state.body.assign(body.data, body.size);
  }
  state.changed.notify_all();
}

}  // namespace

RawCall::RawCall(fairlead_op op, void* self, std::string request, std::vector<UniqueFd> fds)
    : state_(std::make_shared<State>()) {
  state_->request = std::move(request);
  for (auto& fd : fds) state_->fds.push_back(fd.release());
  state_->raw = {sizeof(fairlead_call),
                 state_->cancel.get(),
                 state_->fds.data(),
                 state_->fds.size(),
                 state_.get(),
                 on_event,
                 on_done};
  begins(self);
  // A plugin may answer twice or much later: what it points to is never given back.
  std::thread([op, self, state = new std::shared_ptr<State>(state_)] {
    auto& record = **state;
    op(self, {record.request.data(), record.request.size()}, &record.raw);
    returns(self);
    const std::lock_guard lock(record.mutex);
    record.returned = true;
    record.changed.notify_all();
  }).detach();
}

bool RawCall::runs_in(void* self) {
  const std::lock_guard lock(running().mutex);
  return running().instances.contains(self);
}

void RawCall::cancel() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(state_->cancel.get(), &one, sizeof one);
}

bool RawCall::ended_within(std::chrono::milliseconds limit) {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, limit,
                                  [&] { return state_->answers > 0 && state_->returned; });
}

fairlead_status RawCall::status() const {
  const std::lock_guard lock(state_->mutex);
  return state_->status;
}

std::string RawCall::body() const {
  const std::lock_guard lock(state_->mutex);
  return state_->body;
}

int RawCall::answers() const {
  const std::lock_guard lock(state_->mutex);
  return state_->answers;
}

int RawCall::late_events() const {
  const std::lock_guard lock(state_->mutex);
  return state_->late_events;
}

}  // namespace fairlead::kit
