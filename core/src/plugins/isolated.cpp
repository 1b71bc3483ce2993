#include "plugins/isolated.hpp"

#include "plugins/abi_check.hpp"
#include "plugins/forwarding.hpp"
#include "plugins/link.hpp"
#include "plugins/local_process.hpp"

#include <fairlead/error.hpp>
#include <fairlead/model_json.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <sstream>
#include <utility>

namespace fairlead {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 5s;
constexpr auto longest_start = 60s;

Error load_problem(const std::string& why) { return {Status::failed, "plugin.load", why}; }

/// One child with the plugin in it, and the link to it.
class Apart {
 public:
  Apart(const Isolation& isolation, const fairlead_core* core)
      : isolation_(isolation), core_(core) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
      throw load_problem(std::string("no socket for its process: ") + std::strerror(errno));
    }
    UniqueFd ours(ends[0]);
    start(UniqueFd(ends[1]));
    try {
      link(std::move(ours));
    } catch (...) {
      link_.reset();
      reap();
      throw;
    }
  }

  ~Apart() {
    link_->end(patience);
    link_.reset();
    reap();
  }
  Apart(const Apart&) = delete;
  Apart& operator=(const Apart&) = delete;

  bool call(int interface, int slot, fairlead_str request, const fairlead_call* call) {
    return link_->call(interface, slot, request, call);
  }
  std::uint32_t mask(std::size_t interface) const { return masks_.at(interface); }

 private:
  void start(UniqueFd theirs) {
    SpawnRequest request;
    request.argv = {isolation_.program, isolation_.plugin.library_path};
    for (const auto& interface : interfaces()) {
      if (core_->service(core_, interface.id).table != nullptr)
        request.argv.emplace_back(interface.id);
    }
    process_ = start_process(request, {std::move(theirs), {}, {}});
  }

  void link(UniqueFd ours) {
    pollfd answer{ours.get(), POLLIN, 0};
    link_ = std::make_unique<PluginLink>(std::move(ours), isolation_.workers, hooks());
    int ready = 0;
    while ((ready = ::poll(&answer, 1, std::chrono::milliseconds(longest_start).count())) < 0 &&
           errno == EINTR) {
    }
    if (ready == 0) throw load_problem("its create function does not return");
    read_greeting(link_->greeting());
    link_->run();
  }

  PluginLink::Hooks hooks() {
    PluginLink::Hooks hooks;
    hooks.find = [this](int interface, int slot) -> PluginLink::Target {
      if (interface < 0 || interface >= static_cast<int>(interfaces().size()) || slot < 0)
        return {};
      const auto service =
          core_->service(core_, interfaces()[static_cast<std::size_t>(interface)].id);
      if (service.table == nullptr) return {};
      return {operation_at(service.table, static_cast<std::size_t>(slot)), service.self};
    };
    hooks.log = [this](int level, const std::string& text) {
      core_->log(core_, level, {text.data(), text.size()});
    };
    hooks.fault = isolation_.fault;
    hooks.gone = [this](int interface, int slot) { return crash_text(interface, slot); };
    return hooks;
  }

  void read_greeting(const std::string& text) {
    std::istringstream words(text);
    std::string first;
    words >> first;
    if (first != "ok") {
      const int code = reap();
      throw load_problem(!text.empty() ? text
                         : code > 128  ? std::string("it crashed while it was made (") +
                                            ::strsignal(code - 128) + ")"
                                      : "its process ended with status " + std::to_string(code));
    }
    for (auto& mask : masks_) words >> mask;
  }

  int reap() {
    const std::lock_guard lock(reaping_);
    if (process_.pid > 0) exit_code_ = wait_process(process_, -1, patience).exit_code;
    process_.pid = -1;
    return exit_code_;
  }

  std::string crash_text(int interface, int slot) {
    const int code = reap();
    const std::string operation = interface < 0 ? "configure"
                                                : interfaces()[static_cast<std::size_t>(interface)]
                                                      .names[static_cast<std::size_t>(slot)];
    const std::string how =
        code > 128 ? "signal " + std::to_string(code - 128) + ", " + ::strsignal(code - 128)
                   : "exit status " + std::to_string(code);
    return encode(Failure{"plugin.crashed",
                          "the plugin '" + isolation_.plugin.id + "' crashed in its operation '" +
                              operation + "' (" + how + ")",
                          "It ran in a process of its own, so nothing else was lost: try again."});
  }

  const Isolation& isolation_;
  const fairlead_core* core_;
  LocalProcess process_;
  std::mutex reaping_;
  int exit_code_ = 0;
  std::array<std::uint32_t, 4> masks_{};
  std::unique_ptr<PluginLink> link_;
};

/// Waits for the answer of a `configure` of ours.
class Configuring {
 public:
  Configuring() {
    raw_ = {sizeof(fairlead_call), -1, nullptr, 0, this, [](const fairlead_call*, fairlead_str) {},
            &Configuring::done};
  }
  const fairlead_call* raw() const { return &raw_; }
  bool ended_within(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [&] { return ended_; });
  }
  /// Empty: configured; else the failure's text.
  std::string wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_; });
    return failure_;
  }

 private:
  static void done(const fairlead_call* call, fairlead_status status, fairlead_str body,
                   const std::int32_t* /*fds*/, std::size_t /*fd_count*/) noexcept {
    auto& me = *static_cast<Configuring*>(call->owner);
    const std::lock_guard lock(me.mutex_);
    if (status != FAIRLEAD_OK) me.failure_.assign(body.data, body.size);
    me.ended_ = true;
    me.changed_.notify_all();
  }
  fairlead_call raw_{};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::string failure_;
};

class IsolatedCode final : public PluginCode, public Forwards {
 public:
  explicit IsolatedCode(Isolation isolation) : isolation_(std::move(isolation)) {}

  void* create(const fairlead_core* core) override {
    core_ = core;
    apart_ = std::make_shared<Apart>(isolation_, core);
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      tables_.at(i) = forwarding_table(static_cast<int>(i), apart_->mask(i));
    }
    return static_cast<Forwards*>(this);
  }
  void destroy(void* /*self*/) override { current(nullptr); }
  const void* table(const char* id) override {
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      if (interfaces()[i].id == std::string_view(id) && apart_->mask(i) != 0) return &tables_.at(i);
    }
    return nullptr;
  }
  fairlead_op configure() override { return forwarding_configure(); }

  void forward(int interface, int slot, fairlead_str request,
               const fairlead_call* call) noexcept override {
    try {
      if (interface < 0) keep_settings(request);
      const auto first = apart();
      if (first->call(interface, slot, request, call)) return;
      if (instead_of(first)->call(interface, slot, request, call)) return;
      fail(call, "plugin.crashed", "the plugin '" + isolation_.plugin.id + "' does not stay alive");
    } catch (const Error& error) {
      fail(call, error.code(), error.message());
    } catch (const std::exception& error) {
      fail(call, "plugin.load", error.what());
    }
  }

 private:
  static void fail(const fairlead_call* call, const std::string& code, const std::string& message) {
    for (std::size_t i = 0; i < call->fd_count; ++i) ::close(call->fds[i]);
    const auto body = encode(Failure{code, message, ""});
    call->done(call, FAIRLEAD_INTERNAL, {body.data(), body.size()}, nullptr, 0);
  }

  std::shared_ptr<Apart> apart() {
    const std::lock_guard lock(mutex_);
    return apart_;
  }
  void current(std::shared_ptr<Apart> next) {
    const std::lock_guard lock(mutex_);
    apart_.swap(next);
  }

  void keep_settings(fairlead_str request) {
    const std::lock_guard lock(starting_);
    settings_.assign(request.data, request.size);
  }

  /// The one that somebody else has started after `dead`, or a new one.
  std::shared_ptr<Apart> instead_of(const std::shared_ptr<Apart>& dead) {
    const std::lock_guard lock(starting_);
    if (auto other = apart(); other != dead) return other;
    auto fresh = started_again();
    current(fresh);
    return fresh;
  }

  std::shared_ptr<Apart> started_again() {
    auto fresh = std::make_shared<Apart>(isolation_, core_);
    Configuring configuring;
    if (!fresh->call(-1, 0, {settings_.data(), settings_.size()}, configuring.raw())) return fresh;
    if (!configuring.ended_within(longest_start)) fresh.reset();  // with it the call ends
    const auto failure = configuring.wait();
    if (failure.empty() && fresh) return fresh;
    throw Error(Status::failed, "plugin.load",
                "the plugin '" + isolation_.plugin.id + "' cannot be configured again: " + failure);
  }

  const Isolation isolation_;
  const fairlead_core* core_ = nullptr;
  std::mutex starting_;
  std::string settings_;
  std::mutex mutex_;
  std::shared_ptr<Apart> apart_;
  std::array<ForwardingTable, 4> tables_;
};

}  // namespace

std::unique_ptr<PluginCode> isolated_code(Isolation isolation) {
  return std::make_unique<IsolatedCode>(std::move(isolation));
}

}  // namespace fairlead
