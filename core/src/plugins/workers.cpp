#include "plugins/workers.hpp"

#include "plugins/soon.hpp"

#include <fairlead/error.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace fairlead {

namespace {

constexpr std::size_t most_idle = 4;

struct Idle {
  std::condition_variable wake;
  std::function<void()> job;
  std::atomic<bool> called = false;  ///< there is a job, or the end
};

}  // namespace

struct Workers::State {
  std::mutex mutex;
  std::vector<Idle*> idle;  ///< each lives on the stack of its thread
  std::size_t waiting = 0;  ///< threads between becoming idle and taking a job or ending
  std::condition_variable all_ended;
  bool closing = false;

  std::function<void()> next(Idle& me) {
    std::unique_lock lock(mutex);
    if (closing || idle.size() >= most_idle) return {};
    idle.push_back(&me);
    ++waiting;
    lock.unlock();
    if (!is_soon([&] { return me.called && lock.try_lock(); })) lock.lock();
    me.called = false;
    me.wake.wait(lock, [&] { return me.job || closing; });
    if (--waiting == 0 && closing) all_ended.notify_all();
    return std::exchange(me.job, {});
  }

  static void serve(const std::shared_ptr<State>& state, std::function<void()> job) {
    Idle me;
    while (job) {
      job();
      job = nullptr;  // what it held is released before the thread counts as idle
      job = state->next(me);
    }
  }
};

Workers::Workers() : state_(std::make_shared<State>()) {}

Workers::~Workers() {
  std::unique_lock lock(state_->mutex);
  state_->closing = true;
  for (auto* idle : state_->idle) {
    idle->called = true;
    idle->wake.notify_one();
  }
  state_->all_ended.wait(lock, [&] { return state_->waiting == 0; });
}

void Workers::run(std::function<void()> job) {
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->idle.empty()) {
      auto* idle = state_->idle.back();
      state_->idle.pop_back();
      idle->job = std::move(job);
      idle->called = true;
      idle->wake.notify_one();
      return;
    }
  }
  try {
    std::thread([state = state_, job = std::move(job)]() mutable {
      State::serve(state, std::move(job));
    }).detach();
  } catch (const std::system_error& problem) {
    throw Error(Status::unavailable, "plugin.thread",
                std::string("the system gives no further thread: ") + problem.what());
  }
}

bool Workers::run_within(std::chrono::milliseconds limit, std::function<void()> job) {
  struct Ended {
    std::mutex mutex;
    std::condition_variable signal;
    bool value = false;
  };
  const auto ended = std::make_shared<Ended>();
  run([ended, job = std::move(job)]() mutable {
    job();
    job = nullptr;
    const std::lock_guard lock(ended->mutex);
    ended->value = true;
    ended->signal.notify_all();
  });
  std::unique_lock lock(ended->mutex);
  return ended->signal.wait_for(lock, limit, [&] { return ended->value; });
}

}  // namespace fairlead
