#include <fairlead/relay/loop.hpp>
#include <fairlead/relay/sys.hpp>

#include <time.h>

#include <algorithm>
#include <array>

namespace fairlead::relay {
namespace {

/// Without interest only errors are told, and by edge, or one that nobody can act on yet would keep
/// the loop spinning.
epoll_event event_of(int fd, std::uint32_t generation, std::uint32_t events) {
  epoll_event event{};
  event.events = events != 0 ? events : static_cast<std::uint32_t>(EPOLLET);
  event.data.u64 = static_cast<std::uint64_t>(generation) << 32U | static_cast<std::uint32_t>(fd);
  return event;
}

}  // namespace

Timer::~Timer() { clear(); }

void Timer::set(std::int64_t milliseconds_from_now) {
  if (deadline_ < 0) loop_.timers_.push_back(this);
  deadline_ = Loop::now_ms() + milliseconds_from_now;
}

void Timer::clear() {
  if (deadline_ < 0) return;
  deadline_ = -1;
  std::erase(loop_.timers_, this);
}

Loop::Loop() : epoll_(sys::epoll_create()) {}
Loop::~Loop() { sys::close(epoll_); }

std::int64_t Loop::now_ms() {
  timespec time{};
  sys::call(SYS_clock_gettime, CLOCK_MONOTONIC, sys::address(&time));
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

bool Loop::watch(int fd, std::uint32_t events, Watcher& watcher) {
  const auto index = static_cast<std::size_t>(fd);
  if (slots_.size() <= index) slots_.resize(index + 1);
  auto& slot = slots_[index];
  slot.watcher = &watcher;
  auto event = event_of(fd, ++slot.generation, events);
  return sys::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void Loop::change(int fd, std::uint32_t events) {
  auto event = event_of(fd, slots_[static_cast<std::size_t>(fd)].generation, events);
  sys::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event);
}

void Loop::forget(int fd) {
  epoll_event none{};
  sys::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, &none);
  auto& slot = slots_[static_cast<std::size_t>(fd)];
  slot.watcher = nullptr;
  ++slot.generation;
}

int Loop::wait_time(int most_ms) const {
  std::int64_t least = most_ms;
  for (const auto* timer : timers_) {
    const auto left = std::max<std::int64_t>(0, timer->deadline_ - now_ms());
    if (least < 0 || left < least) least = left;
  }
  return static_cast<int>(least);
}

void Loop::fire_timers() {
  if (timers_.empty()) return;
  const auto now = now_ms();
  for (;;) {
    const auto due = std::find_if(timers_.begin(), timers_.end(),
                                  [&](const Timer* timer) { return timer->deadline_ <= now; });
    if (due == timers_.end()) return;
    auto* timer = *due;
    timer->clear();
    timer->on_timer();
  }
}

void Loop::run_once(int most_ms) {
  std::array<epoll_event, 64> events;
  const auto count = sys::epoll_wait(epoll_, events.data(), events.size(), wait_time(most_ms));
  for (long i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    const auto index = static_cast<std::uint32_t>(event.data.u64);
    const auto slot = slots_[index];
    if (slot.watcher == nullptr || slot.generation != event.data.u64 >> 32U) continue;
    slot.watcher->on_ready(static_cast<int>(index), event.events);
  }
  fire_timers();
}

}  // namespace fairlead::relay
