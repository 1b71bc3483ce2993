#include "engine/own_relay.hpp"

#include "engine/enter.hpp"
#include "engine/enter_cache.hpp"
#include "engine/relay_mount.hpp"
#include "engine/resident_relay.hpp"
#include "engine/the_host.hpp"
#include "ports/relay_session.hpp"

#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace fairlead {
namespace {

class OwnRelay {
 public:
  OwnRelay(const Core& core, std::shared_ptr<Backend> backend, InstanceInfo instance,
           std::string user, const std::stop_token& stop)
      : core_(core),
        backend_(std::move(backend)),
        instance_(std::move(instance)),
        user_(std::move(user)),
        on_stop_(stop, [this] { end_.request_stop(); }) {}
  ~OwnRelay() { end_.request_stop(); }
  OwnRelay(const OwnRelay&) = delete;
  OwnRelay& operator=(const OwnRelay&) = delete;

  void begin() {
    ahead_ = std::jthread([this] { get(); });
  }

  /// Waits for the start; nothing when it failed or the relay has ended since.
  std::shared_ptr<ports::RelaySession> get() {
    std::call_once(started_, [this] { start(); });
    return session_ && session_->alive() ? session_ : nullptr;
  }

 private:
  void start() {
    renew_relay_folder(core_);
    try {
      session_ =
          ports::RelaySession::start(backend_, instance_.id, user_, {.stop = end_.get_token()});
    } catch (const Error& error) {
      // What is wrong with the instance itself is said by the command that comes next.
      core_.log().text(LogLevel::debug, "Without the relay: " + error.message());
      const bool lasts = error.code().starts_with("relay.") && error.code() != "relay.missing";
      if (lasts) remember_hopeless_relay(core_, backend_->name(), instance_, user_);
    }
  }

  const Core& core_;
  const std::shared_ptr<Backend> backend_;
  const InstanceInfo instance_;
  const std::string user_;
  std::stop_source end_;
  std::stop_callback<std::function<void()>> on_stop_;
  std::once_flag started_;
  std::shared_ptr<ports::RelaySession> session_;
  std::jthread ahead_;  ///< last: uses the rest
};

}  // namespace

std::shared_ptr<Backend> with_own_relay(const Core& core, const Workspace& workspace,
                                        std::shared_ptr<Backend> backend,
                                        const InstanceInfo& instance, const MergedConfig& merged,
                                        RelayStart start, const std::stop_token& stop) {
  auto user = remote_account_of(merged, instance);
  if (core.mode() == Mode::drop_in || workspace.settings.text("exec_via") == "engine" ||
      is_the_host(instance) || !has_relay_mount(core, instance) ||
      relay_is_hopeless(core, backend->name(), instance, user)) {
    return backend;
  }
  const auto relay = std::make_shared<OwnRelay>(core, backend, instance, user, stop);
  if (start == RelayStart::now) relay->begin();
  return through_relay(std::move(backend), instance.id, std::move(user),
                       [relay] { return relay->get(); });
}

}  // namespace fairlead
