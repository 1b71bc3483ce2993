#include "plugins/link.hpp"

#include "plugins/soon.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <stop_token>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead {

struct PluginLink::Outgoing {
  const fairlead_call* call;
  int interface;
  int slot;
  std::unique_ptr<CancelWatch::Watched> watched;
  std::mutex mutex;
  bool ended = false;
  std::unique_ptr<std::stop_callback<std::function<void()>>> on_cancel;

  // Before `done`, with which the descriptor ends that is watched.
  void unwatch() {
    std::unique_ptr<std::stop_callback<std::function<void()>>> last;
    {
      const std::lock_guard lock(mutex);
      ended = true;
      last = std::move(on_cancel);
    }
    last.reset();  // waits for one that runs
    watched.reset();
  }
};

// A call of the other side's. Its record stays with the operation that runs, and with those who may
// answer late.
struct PluginLink::Served : std::enable_shared_from_this<Served> {
  PluginLink* link = nullptr;
  std::uint64_t number = 0;
  std::string request;
  std::vector<std::int32_t> fds;
  UniqueFd cancel{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  fairlead_call raw{};
};

PluginLink::PluginLink(UniqueFd socket, std::shared_ptr<Workers> workers, Hooks hooks)
    : wire_(std::move(socket)), workers_(std::move(workers)), hooks_(std::move(hooks)) {}

PluginLink::~PluginLink() {
  wire_.shut();
  if (thread_.joinable()) thread_.join();
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [&] { return served_.empty(); });
}

bool PluginLink::idle_within(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, limit, [&] { return served_.empty(); });
}

std::string PluginLink::greeting() {
  const auto message = wire_.receive();
  return message && message->kind == WireKind::hello ? message->text : std::string();
}

void PluginLink::greet(const std::string& text) { wire_.send(WireKind::hello, 0, 0, 0, text); }

std::optional<WireMessage> PluginLink::next() {
  (void)is_soon([this] { return wire_.has_more(); });
  return wire_.receive();
}

void PluginLink::run() {
  thread_ = std::thread([this] { serve(); });
}

void PluginLink::serve() {
  while (auto message = next()) {
    switch (message->kind) {
      case WireKind::call:
        begin(std::move(*message));
        break;
      case WireKind::event:
        deliver(*message);
        break;
      case WireKind::done:
        finish(std::move(*message));
        break;
      case WireKind::cancel:
        cancel(message->call);
        break;
      case WireKind::log:
        if (hooks_.log) hooks_.log(message->first, message->text);
        break;
      case WireKind::hello:
        break;
      case WireKind::end:
        if (begin_ending()) break;
        lose();
        return;
    }
  }
  lose();
}

bool PluginLink::call(int interface, int slot, fairlead_str request, const fairlead_call* call) {
  const std::vector<std::int32_t> numbers(call->fds, call->fds + call->fd_count);
  auto record = std::make_shared<Outgoing>();
  record->call = call;
  record->interface = interface;
  record->slot = slot;
  record->watched = std::make_unique<CancelWatch::Watched>(watch_, call->cancel_fd);
  const auto watched = record->watched->token();
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    if (lost_) return false;
    number = next_++;
    outgoing_.emplace(number, record);
  }
  // Theirs once they are sent.
  const std::vector<UniqueFd> fds(numbers.begin(), numbers.end());
  // What cannot be sent is ended by `lose`, on the thread that reads.
  wire_.send(WireKind::call, number, interface, slot,
             request.size > 0 ? std::string_view(request.data, request.size) : std::string_view(),
             numbers.data(), numbers.size());
  // Not before: a cancel that overtakes its call finds nothing to cancel. The callback knows the
  // number alone, because the record may end at any time now.
  const std::lock_guard lock(record->mutex);
  if (record->ended) return true;
  record->on_cancel = std::make_unique<std::stop_callback<std::function<void()>>>(
      watched, [this, number] { wire_.send(WireKind::cancel, number, 0, 0, {}); });
  return true;
}

void PluginLink::log(int level, fairlead_str text) {
  wire_.send(WireKind::log, 0, level, 0,
             text.size > 0 ? std::string_view(text.data, text.size) : std::string_view());
}

bool PluginLink::end(std::chrono::milliseconds limit) {
  wire_.send(WireKind::end, 0, 0, 0, {});
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, limit, [&] { return lost_; });
}

/// Nobody waits for the thread: what it runs may not come back, and our process ends all the same.
bool PluginLink::begin_ending() {
  if (!hooks_.ending) return false;
  {
    const std::lock_guard lock(mutex_);
    cancel_served();
  }
  std::thread([this] {
    hooks_.ending();
    wire_.shut();
  }).detach();
  return true;
}

/// What runs here for the other side has nobody to answer. With the lock held.
void PluginLink::cancel_served() {
  const std::uint64_t one = 1;
  for (const auto& [number, served] : served_) {
    [[maybe_unused]] const auto written = ::write(served->cancel.get(), &one, sizeof one);
  }
}

void PluginLink::on_event(const fairlead_call* raw, fairlead_str event) noexcept {
  const auto& served = *static_cast<Served*>(raw->owner);
  served.link->wire_.send(WireKind::event, served.number, 0, 0, {event.data, event.size});
}

void PluginLink::on_done(const fairlead_call* raw, fairlead_status status, fairlead_str body,
                         const std::int32_t* fds, std::size_t fd_count) noexcept {
  auto& served = *static_cast<Served*>(raw->owner);
  auto* link = served.link;
  const auto number = served.number;
  link->wire_.send(WireKind::done, number, status, 0,
                   body.size > 0 ? std::string_view(body.data, body.size) : std::string_view(), fds,
                   fd_count);
  for (std::size_t i = 0; i < fd_count; ++i) ::close(fds[i]);
  // The last that is done with the link, whose end waits for it.
  const std::lock_guard lock(link->mutex_);
  link->served_.erase(number);
  served.cancel.reset();  // a cancel finds it no more; the record itself stays for a second answer
  link->ended_.notify_all();
}

void PluginLink::begin(WireMessage message) {
  const auto served = std::make_shared<Served>();
  served->link = this;
  served->number = message.call;
  served->request = std::move(message.text);
  for (auto& fd : message.fds) served->fds.push_back(fd.release());
  served->raw = {sizeof(fairlead_call), served->cancel.get(), served->fds.data(),
                 served->fds.size(),    served.get(),         &PluginLink::on_event,
                 &PluginLink::on_done};
  const auto target = hooks_.find(message.first, message.second);
  if (target.op == nullptr) {
    for (const int fd : served->fds) ::close(fd);
    wire_.send(WireKind::done, message.call, FAIRLEAD_UNSUPPORTED, 0,
               R"({"code":"backend.unsupported","message":"there is no such operation"})");
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    served_.emplace(message.call, served);
  }
  try {
    workers_->run([served, target] { run_kept(served, target); });
  } catch (const std::exception&) {
    for (const int fd : served->fds) ::close(fd);
    constexpr std::string_view why =
        R"({"code":"plugin.thread","message":"the system gives no further thread"})";
    on_done(&served->raw, FAIRLEAD_INTERNAL, {why.data(), why.size()}, nullptr, 0);
  }
}

// Kept beyond its end: a plugin that answers twice must find its record. It is small.
void PluginLink::run_kept(std::shared_ptr<Served> served, const Target& target) {
  target.op(target.self, {served->request.data(), served->request.size()}, &served->raw);
  static std::mutex mutex;
  // Never destroyed: a thread of a plugin's may outlive main.
  static auto& ring = *new std::array<std::shared_ptr<Served>, 256>();
  static std::size_t next = 0;
  const std::lock_guard lock(mutex);
  std::swap(ring[next++ % ring.size()], served);
}

std::shared_ptr<PluginLink::Outgoing> PluginLink::outgoing(std::uint64_t number, bool ended) {
  const std::lock_guard lock(mutex_);
  const auto found = outgoing_.find(number);
  if (found == outgoing_.end()) return nullptr;
  auto record = found->second;
  if (ended) outgoing_.erase(found);
  return record;
}

void PluginLink::deliver(const WireMessage& message) {
  const auto record = outgoing(message.call, false);
  if (!record) {
    if (hooks_.fault) hooks_.fault("it emitted an event after the end of an operation");
    return;
  }
  record->call->emit(record->call, {message.text.data(), message.text.size()});
}

void PluginLink::finish(WireMessage message) {
  const auto record = outgoing(message.call, true);
  if (!record) {
    if (hooks_.fault) hooks_.fault("it answered an operation twice");
    return;
  }
  record->unwatch();
  std::vector<std::int32_t> fds;
  for (auto& fd : message.fds) fds.push_back(fd.release());
  record->call->done(record->call, message.first, {message.text.data(), message.text.size()},
                     fds.data(), fds.size());
}

void PluginLink::cancel(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = served_.find(number);
  if (found == served_.end()) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(found->second->cancel.get(), &one, sizeof one);
}

void PluginLink::lose() {
  std::map<std::uint64_t, std::shared_ptr<Outgoing>> open;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(lost_, true)) return;
    open.swap(outgoing_);
    cancel_served();
    ended_.notify_all();
  }
  for (const auto& [number, record] : open) {
    const auto why = hooks_.gone ? hooks_.gone(record->interface, record->slot) : std::string("{}");
    record->unwatch();
    record->call->done(record->call, FAIRLEAD_INTERNAL, {why.data(), why.size()}, nullptr, 0);
  }
}

}  // namespace fairlead
