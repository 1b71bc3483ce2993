#include "plugins/call.hpp"

#include "plugins/crash_note.hpp"
#include "plugins/soon.hpp"

#include <fairlead/error.hpp>
#include <fairlead/model_json.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <optional>

namespace fairlead {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kept_records = 64;

// One call between the caller's thread, the thread that runs the operation and whatever threads the
// plugin answers from. The caller and the operation's thread each hold it; an abandoned one is held
// for ever, because its answer may still come.
class Pending {
 public:
  Pending(std::shared_ptr<PluginContext> context, const char* operation, std::string request,
          CallOptions& options)
      : context_(std::move(context)),
        operation_(operation),
        request_(std::move(request)),
        on_event_(std::move(options.on_event)),
        cancel_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!cancel_) {
      throw Error(
          Status::unavailable, "plugin.descriptors",
          std::string("cannot call the plugin '") + context_->id + "': " + std::strerror(errno));
    }
    // Reserved first: from the release on nothing may throw, the operation owns them.
    fds_.reserve(options.fds.size());
    for (auto& fd : options.fds) fds_.push_back(fd.release());
    raw_ = {sizeof(fairlead_call), cancel_.get(), fds_.data(), fds_.size(), this,
            &Pending::emit,        &Pending::done};
  }

  void enter(const PluginCall& call) noexcept {
    const InPlugin note(call.context->id.c_str(), call.operation);
    try {
      call.op(call.self, {request_.data(), request_.size()}, &raw_);
    } catch (...) {  // the last resort for plugins without the SDK, whatever library threw
      context_->fault(std::string("an exception escaped from its operation '") + operation_ + "'");
      const Failure failure{"plugin.exception",
                            "an exception escaped from the plugin '" + context_->id + "'", ""};
      finish(FAIRLEAD_INTERNAL, encode(failure), {}, false);
    }
  }

  // `why` is what the call ends with unless the plugin ends it otherwise.
  void cancel(Status why) noexcept {
    const std::lock_guard lock(mutex_);
    if (cancelled_ || status_) return;
    cancelled_ = why;
    cancelled_at_ = Clock::now();
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(cancel_.get(), &one, sizeof one);
    changed_.notify_all();
  }

  // False: abandoned.
  bool wait(std::chrono::milliseconds timeout) {
    const auto deadline = Clock::now() + timeout;
    std::unique_lock lock(mutex_, std::defer_lock);
    if (!is_soon([&] { return finished_ && lock.try_lock(); })) lock.lock();
    while (!status_) {
      if (cancelled_) {
        const auto limit = cancelled_at_ + context_->grace;
        if (changed_.wait_until(lock, limit) == std::cv_status::timeout && !status_) return false;
      } else if (timeout.count() > 0) {
        const auto woken = changed_.wait_until(lock, deadline);
        if (woken == std::cv_status::timeout && !status_ && !cancelled_) {
          lock.unlock();
          cancel(Status::timeout);
          lock.lock();
        }
      } else {
        changed_.wait(lock);
      }
    }
    return true;
  }

  // No event is delivered any more once this has returned.
  void close_events() {
    const std::lock_guard lock(event_mutex_);
    on_event_ = nullptr;
  }

  CallReply take(std::chrono::milliseconds timeout) {
    const std::lock_guard lock(mutex_);
    if (*status_ == FAIRLEAD_OK && !event_failure_) {
      return {std::move(body_), std::move(reply_fds_)};
    }
    reply_fds_.clear();
    if (event_failure_) std::rethrow_exception(event_failure_);
    if (cancelled_ && *status_ == FAIRLEAD_CANCELLED) throw ended_early(timeout);
    throw failure();
  }

  // The operation never began: what it would have owned is ours to close.
  void never_entered() {
    for (const int fd : fds_) ::close(fd);
  }

  void ignore_reply() {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    reply_fds_.clear();
  }

  Error no_answer() {
    const std::lock_guard lock(mutex_);
    const auto what = "the plugin '" + context_->id + "' does not answer: its operation '" +
                      operation_ + "' was left behind " + std::to_string(context_->grace.count()) +
                      " ms after it was cancelled";
    return {cancelled_.value_or(Status::internal), "plugin.no_answer", what};
  }

 private:
  static Pending& from(const fairlead_call* call) { return *static_cast<Pending*>(call->owner); }

  static void emit(const fairlead_call* call, fairlead_str event) noexcept {
    from(call).deliver({event.data, event.size});
  }

  static void done(const fairlead_call* call, fairlead_status status, fairlead_str body,
                   const std::int32_t* fds, std::size_t fd_count) noexcept {
    std::vector<UniqueFd> owned;
    owned.reserve(fd_count);
    for (std::size_t i = 0; i < fd_count; ++i) owned.emplace_back(fds[i]);
    from(call).finish(status, body.size > 0 ? std::string(body.data, body.size) : std::string(),
                      std::move(owned), true);
  }

  void finish(fairlead_status status, std::string body, std::vector<UniqueFd> fds,
              bool by_plugin) noexcept {
    const std::lock_guard lock(mutex_);
    if (status_) {
      if (by_plugin) {
        context_->fault(std::string("it answered its operation '") + operation_ + "' twice");
      }
      return;
    }
    status_ = status < FAIRLEAD_OK || status > FAIRLEAD_INTERNAL ? FAIRLEAD_INTERNAL : status;
    body_ = std::move(body);
    reply_fds_ = std::move(fds);
    if (abandoned_) reply_fds_.clear();
    finished_ = true;
    cancel_.reset();
    changed_.notify_all();
  }

  void deliver(std::string_view text) noexcept {
    const std::lock_guard lock(event_mutex_);
    if (finished_) {
      context_->fault(std::string("it emitted an event after the end of its operation '") +
                      operation_ + "'");
      return;
    }
    if (!on_event_) return;
    try {
      on_event_(decode<Event>(text));
    } catch (const Error& problem) {
      if (problem.code() == "wire.malformed") {
        context_->fault(std::string("it emitted something malformed: ") + problem.what());
      } else {
        give_up(std::current_exception());
      }
    } catch (...) {
      give_up(std::current_exception());
    }
  }

  void give_up(std::exception_ptr failure) noexcept {
    {
      const std::lock_guard lock(mutex_);
      if (!event_failure_) event_failure_ = std::move(failure);
    }
    cancel(Status::cancelled);
  }

  Error ended_early(std::chrono::milliseconds timeout) const {
    if (cancelled_ == Status::timeout) {
      return {Status::timeout, "call.timeout",
              std::string("the operation '") + operation_ + "' of the plugin '" + context_->id +
                  "' did not end within " + std::to_string(timeout.count()) + " ms"};
    }
    return {Status::cancelled, "call.cancelled", "the operation was cancelled"};
  }

  Error failure() const {
    Failure failure;
    try {
      failure = decode<Failure>(body_);
    } catch (const Error&) {
      failure.message = body_;
    }
    if (failure.code.empty()) failure.code = "plugin.failed";
    if (failure.message.empty()) {
      failure.message = "the plugin '" + context_->id + "' failed in its operation '" + operation_ +
                        "' and does not say why";
    }
    return {static_cast<Status>(*status_), failure.code, failure.message, failure.hint};
  }

  const std::shared_ptr<PluginContext> context_;
  const char* const operation_;
  const std::string request_;
  std::vector<std::int32_t> fds_;

  std::mutex event_mutex_;  // held while an event is delivered; taken before mutex_
  std::function<void(const Event&)> on_event_;

  std::mutex mutex_;
  std::condition_variable changed_;
  UniqueFd cancel_;
  fairlead_call raw_{};
  std::optional<fairlead_status> status_;
  std::atomic<bool> finished_ = false;
  bool abandoned_ = false;
  std::optional<Status> cancelled_;
  Clock::time_point cancelled_at_;
  std::string body_;
  std::vector<UniqueFd> reply_fds_;
  std::exception_ptr event_failure_;
};

// Not a leak: the plugin still has the pointer, and its instance must not be destroyed meanwhile.
void abandon(std::shared_ptr<Pending> pending, const PluginCall& call) {
  static auto& mutex = *new std::mutex;
  static auto& abandoned = *new std::vector<std::pair<std::shared_ptr<Pending>, PluginCall>>;
  const std::lock_guard lock(mutex);
  abandoned.emplace_back(std::move(pending), call);
}

}  // namespace

FdRef CallOptions::pass(UniqueFd fd) {
  if (!fd) return {};
  fds.push_back(std::move(fd));
  return {static_cast<int>(fds.size()) - 1};
}

void PluginContext::fault(const std::string& what) {
  if (faulty_.exchange(true)) return;
  log.text(LogLevel::warning, "the plugin '" + id + "' is faulty: " + what);
}

void PluginContext::keep(std::shared_ptr<void> finished) {
  const std::lock_guard lock(mutex_);
  if (finished_.size() < kept_records) {
    finished_.push_back(std::move(finished));
  } else {
    finished_[next_++ % kept_records].swap(finished);
  }
}

void PluginContext::forget() {
  std::vector<std::shared_ptr<void>> finished;
  const std::lock_guard lock(mutex_);
  finished.swap(finished_);
}

CallReply run_call(const PluginCall& call, std::string request, CallOptions options) {
  if (options.stop.stop_requested()) {
    throw Error(Status::cancelled, "call.cancelled", "the operation was cancelled");
  }
  const auto pending =
      std::make_shared<Pending>(call.context, call.operation, std::move(request), options);
  try {
    call.context->workers->run([pending, call] { pending->enter(call); });
  } catch (...) {
    pending->never_entered();
    throw;
  }
  const std::stop_callback on_stop(options.stop, [&] { pending->cancel(Status::cancelled); });
  const bool answered = pending->wait(options.timeout);
  pending->close_events();
  if (!answered) {
    const auto error = pending->no_answer();
    call.context->fault(error.message());
    call.context->set_abandoned();
    pending->ignore_reply();
    abandon(pending, call);
    throw error;
  }
  call.context->keep(pending);
  return pending->take(options.timeout);
}

}  // namespace fairlead
