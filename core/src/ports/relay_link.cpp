#include "ports/relay_link.hpp"

#include <fairlead/error.hpp>
#include <fairlead/relay/sys.hpp>

#include <arpa/inet.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>

namespace fairlead::ports {
namespace {

using relay::FrameType;
using relay::Loop;
using relay::PayloadWriter;

constexpr int ping_seconds = 20;

std::string address_text(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(bytes.size() == 16 ? AF_INET6 : AF_INET, bytes.data(), text.data(), text.size());
  return text.data();
}

/// Wakes the loop for a task.
class Wake final : public relay::Watcher {
 public:
  explicit Wake(int fd) : fd_(fd) {}
  void on_ready(int, std::uint32_t) override {
    std::uint64_t count = 0;
    (void)!::read(fd_, &count, sizeof count);
  }

 private:
  int fd_;
};

/// Keeps what lies between awake; silence is not an end, for a paused instance goes on later.
class KeepAlive final : private relay::Timer {
 public:
  explicit KeepAlive(HostMux& mux) : Timer(mux.loop()), mux_(mux) { set(ping_seconds * 1000); }

 private:
  void on_timer() override {
    mux_.send(FrameType::ping, 0);
    set(ping_seconds * 1000);
  }
  HostMux& mux_;
};

}  // namespace

Error relay_gone(const std::string& why) {
  return {Status::unavailable, "relay.gone",
          "The relay inside has ended" + (why.empty() ? "." : ": " + why + ".")};
}

void HostMux::drop_all() {
  drop_channels();
  for (auto& [channel, reply] : std::exchange(replies_, {})) reply->on_gone();
}

void HostMux::on_end(std::string_view why) {
  end_reason_ = why;
  const auto rest = not_understood();
  babble_.assign(rest.begin(), rest.end());
}

void HostMux::watch(std::function<void(const ListenerEvent&)> on_event) {
  on_listener_ = std::move(on_event);
  listeners_.clear();
  send(FrameType::watch, 0, PayloadWriter().u8(on_listener_ ? 1 : 0));
}

bool HostMux::on_frame(const relay::Header& header, relay::PayloadReader payload) {
  if (header.type >= FrameType::listener_added && header.type <= FrameType::listeners_complete) {
    return on_listener_frame(header.type, payload);
  }
  const bool is_accepted = header.type == FrameType::accepted;
  const auto about = is_accepted ? payload.u32() : header.channel;
  const auto found = replies_.find(about);
  const auto reply = found != replies_.end() ? found->second : nullptr;
  if (is_accepted) {
    const auto credit = payload.u32();
    if (!payload.complete() || header.channel % 2 == 0 || find(header.channel) != nullptr) {
      return false;
    }
    reply != nullptr ? reply->on_accepted(header.channel, credit)
                     : send_reset(header.channel, relay::ResetReason::reset);
    return true;
  }
  if (header.type == FrameType::listening) {
    const int port = payload.u16();
    if (payload.complete() && reply != nullptr) reply->on_listening(port);
  } else if (header.type == FrameType::exit) {
    const auto status = static_cast<int>(payload.u32() & 0xffU);
    if (payload.complete() && reply != nullptr) reply->on_exit(status);
  } else {
    return false;
  }
  return payload.complete();
}

bool HostMux::on_listener_frame(FrameType type, relay::PayloadReader payload) {
  if (type == FrameType::listeners_complete) {
    if (on_listener_) on_listener_({ListenerEvent::Kind::complete, {}});
    return payload.complete();
  }
  const auto inode = payload.u64();
  const auto netns = payload.u64();
  if (type == FrameType::listener_removed) {
    const auto known = listeners_.find({inode, netns});
    if (!payload.complete() || known == listeners_.end()) return payload.complete();
    const auto listener = std::move(known->second);
    listeners_.erase(known);
    if (on_listener_) on_listener_({ListenerEvent::Kind::removed, listener});
    return true;
  }
  Listener listener{.inode = inode, .netns = netns};
  listener.port = payload.u16();
  listener.pid = static_cast<int>(payload.u32());
  const auto address = payload.text();
  listener.process = payload.text();
  if (!payload.complete() || (address.size() != 4 && address.size() != 16)) return false;
  listener.ipv6 = address.size() == 16;
  listener.address = address_text(address);
  listeners_[{inode, netns}] = listener;
  if (on_listener_) on_listener_({ListenerEvent::Kind::added, std::move(listener)});
  return true;
}

RelayThread::RelayThread() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!wake_) {
    throw Error(Status::unavailable, "system.descriptors", "No descriptors are left.");
  }
}

void RelayThread::start(UniqueFd from, UniqueFd to) {
  open_ = true;
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // no signal is for it, SIGPIPE least of all
  thread_ = std::thread(
      [this, in = from.release(), out = to.release()] { run(UniqueFd(in), UniqueFd(out)); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

bool RelayThread::post(Task task) {
  const std::lock_guard lock(mutex_);
  if (!open_) return false;
  tasks_.push_back(std::move(task));
  const std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof one);
  return true;
}

void RelayThread::run_tasks(HostMux& mux) {
  std::vector<Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  for (auto& task : tasks) task(mux);
}

void RelayThread::run(UniqueFd from, UniqueFd to) {
  Loop loop;
  Wake wake(wake_.get());
  loop.watch(wake_.get(), EPOLLIN, wake);
  {
    HostMux mux(loop, std::move(from), std::move(to));
    mux.greeted = [this](const relay::Greeting& theirs) {
      const std::lock_guard lock(mutex_);
      greeting_ = theirs;
      changed_.notify_all();
    };
    const KeepAlive keep_alive(mux);
    mux.greet({});
    mux.settle();
    while (!mux.ended()) {
      loop.run_once();
      run_tasks(mux);
      mux.settle();
    }
    finish(mux);
  }
}

/// Tasks that were posted before the end still run: what they begin ends at once.
void RelayThread::finish(HostMux& mux) {
  std::function<void(const Error&)> gone;
  {
    const std::lock_guard lock(mutex_);
    open_ = false;
    end_reason_ = mux.end_reason();
    babble_ = mux.babble();
    if (!closing_) gone = std::exchange(gone_, nullptr);
    telling_ = true;
  }
  run_tasks(mux);
  mux.drop_all();
  if (gone) gone(relay_gone(mux.end_reason()));
  const std::lock_guard lock(mutex_);
  telling_ = false;
  changed_.notify_all();
}

relay::Greeting RelayThread::wait_for_greeting(std::chrono::milliseconds limit,
                                               const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [&] { return greeting_ || !open_ || stop.stop_requested(); });
  if (stop.stop_requested()) {
    throw Error(Status::cancelled, "call.cancelled", "the operation was cancelled");
  }
  if (!greeting_) {
    throw Error(open_ ? Status::timeout : Status::unavailable, "relay.start",
                "The relay inside does not answer.");
  }
  if (relay::common_version(*greeting_) == 0) {
    throw Error(Status::unsupported, "relay.version",
                "The relay inside is of another version of fairlead.");
  }
  return *greeting_;
}

void RelayThread::on_gone(std::function<void(const Error&)> callback) {
  {
    std::unique_lock lock(mutex_);
    if (open_ || closing_) {
      gone_ = std::move(callback);
      return;
    }
    changed_.wait(lock, [&] { return !telling_; });
  }
  callback(relay_gone(end_reason_));
}

std::string RelayThread::babble() const {
  const std::lock_guard lock(mutex_);
  return babble_;
}

bool RelayThread::alive() const {
  const std::lock_guard lock(mutex_);
  return open_ && !closing_;
}

bool RelayThread::speaks(std::uint16_t version) const {
  const std::lock_guard lock(mutex_);
  return greeting_ && relay::common_version(*greeting_) >= version;
}

void RelayThread::close(std::chrono::milliseconds limit) {
  {
    std::unique_lock lock(mutex_);
    closing_ = true;
    gone_ = nullptr;
  }
  post([](HostMux& mux) {
    const bool idle = mux.is_idle();
    mux.drop_all();
    mux.close_writing();
    if (idle) mux.give_up();  // it has nothing to clear up: its end is nothing to wait for
  });
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, limit, [&] { return !open_; });
  }
  post([](HostMux& mux) { mux.give_up(); });
  if (thread_.joinable()) thread_.join();
}

}  // namespace fairlead::ports
