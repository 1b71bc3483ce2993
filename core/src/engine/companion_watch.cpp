#include "engine/companion_watch.hpp"

#include "engine/deadlines.hpp"

#include <chrono>
#include <utility>

namespace fairlead {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::chrono::seconds relay_limit{30};
constexpr milliseconds soon{100};
constexpr milliseconds later{30'000};      // of one that could not be started
constexpr milliseconds not_so_soon{2000};  // of one that did not live long
constexpr std::chrono::seconds long_enough{10};

}  // namespace

struct CompanionWatch::Companion {
  std::string service;
  std::unique_ptr<ports::RelaySession> relay;  ///< none: there can be none
  std::mutex mutex;
  std::map<std::uint64_t, ports::Listener> listeners;  ///< by inode
};

CompanionWatch::CompanionWatch(std::shared_ptr<InstanceLink> link, Heard heard, Again again)
    : link_(std::move(link)), heard_(std::move(heard)), again_(std::move(again)) {}

void CompanionWatch::renew(const std::stop_token& stop) {
  const auto own = link_->instance();
  if (own.group.empty()) return;
  std::map<std::string, InstanceInfo> running;
  try {
    for (auto& other :
         link_->backend()->list({.labels = {}, .all = false}, question(stop)).instances)
      if (other.group == own.group && other.id != own.id) running[other.id] = std::move(other);
  } catch (const Error&) {
    return;  // the next event has it looked for again
  }
  std::erase_if(companions_, [&](const auto& known) {
    auto& [id, companion] = known;
    const bool goes_on =
        running.contains(id) && (companion->relay == nullptr || companion->relay->alive());
    if (!goes_on) end(*companion);
    return !goes_on;
  });
  for (const auto& [id, instance] : running) {
    if (!companions_.contains(id)) begin(instance, stop);
  }
}

void CompanionWatch::begin(const InstanceInfo& instance, const std::stop_token& stop) {
  const auto companion = std::make_shared<Companion>();
  companion->service = instance.service;
  companions_[instance.id] = companion;
  try {
    companion->relay = ports::RelaySession::start(link_->backend(), instance.id, {},
                                                  {.stop = stop, .timeout = relay_limit});
  } catch (const Error& error) {
    if (error.status() == Status::unsupported) return;
    companions_.erase(instance.id);
    if (error.status() != Status::cancelled) again_(later);
    return;
  }
  companion->relay->on_gone([again = again_, began = Clock::now()](const Error&) {
    again(Clock::now() - began > long_enough ? soon : not_so_soon);
  });
  companion->relay->watch_listeners(
      [this, raw = companion.get()](const ports::ListenerEvent& event) {
        {
          const std::lock_guard lock(raw->mutex);
          if (event.kind == ports::ListenerEvent::Kind::added)
            raw->listeners[event.listener.inode] = event.listener;
          if (event.kind == ports::ListenerEvent::Kind::removed)
            raw->listeners.erase(event.listener.inode);
        }
        heard_(raw->service, event);
      });
}

void CompanionWatch::end(Companion& companion) {
  if (companion.relay) companion.relay->close();
  for (const auto& [inode, listener] : std::exchange(companion.listeners, {})) {
    heard_(companion.service, {ports::ListenerEvent::Kind::removed, listener});
  }
}

void CompanionWatch::close() {
  for (const auto& [id, companion] : companions_) {
    if (companion->relay) companion->relay->close();
  }
  companions_.clear();
}

}  // namespace fairlead
