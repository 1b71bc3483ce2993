#include "engine/own_relay.hpp"

#include "engine/enter.hpp"
#include "engine/enter_cache.hpp"
#include "engine/relay_mount.hpp"
#include "engine/resident_relay.hpp"
#include "engine/the_host.hpp"
#include "ports/relay_session.hpp"

#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace fairlead {
namespace {

constexpr int lacks_a_group = 3;

/// $1 user. Without `id` nothing is lacking.
constexpr const char* groups_script = R"sh(
mine=" $(id -G 2>/dev/null) "
for group in $(id -G "$1" 2>/dev/null); do
  case $mine in *" $group "*) ;; *) exit 3 ;; esac
done
exit 0
)sh";

/// Root needs no groups, and one that is named stands alone.
bool may_gain_groups(const std::string& user) {
  return user != "root" && user != "0" && user.find(':') == std::string::npos;
}

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
    const std::lock_guard lock(mutex_);
    if (!std::exchange(started_, true)) start();
    return session_ && session_->alive() ? session_ : nullptr;
  }

  /// The commands of a relay have its groups; an engine's exec looks them up.
  void refresh() {
    const auto before = looks_at_groups_ ? begun() : nullptr;
    if (!before || has_all_groups(*before)) return;
    before->close();  // who still has it asks again
    const std::lock_guard lock(mutex_);
    session_.reset();
    start();
    looks_at_groups_ = session_ && has_all_groups(*session_);  // else it is no use
  }

 private:
  /// The same, but nothing is begun.
  std::shared_ptr<ports::RelaySession> begun() {
    const std::lock_guard lock(mutex_);
    return session_ && session_->alive() ? session_ : nullptr;
  }

  bool has_all_groups(ports::RelaySession& relay) const {
    try {
      const auto command = relay.run({.argv = {"/bin/sh", "-c", groups_script, "sh", user_}});
      return command->wait(end_.get_token()) != lacks_a_group;
    } catch (const Error&) {
      return true;  // whoever comes next says why
    }
  }

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
    } catch (const std::exception& error) {  // no thread, no memory
      core_.log().text(LogLevel::debug, std::string("Without the relay: ") + error.what());
    }
  }

  const Core& core_;
  const std::shared_ptr<Backend> backend_;
  const InstanceInfo instance_;
  const std::string user_;
  std::stop_source end_;
  std::stop_callback<std::function<void()>> on_stop_;
  bool looks_at_groups_ = may_gain_groups(user_);
  std::mutex mutex_;  ///< guards what follows
  bool started_ = false;
  std::shared_ptr<ports::RelaySession> session_;
  std::jthread ahead_;  ///< last: uses the rest
};

}  // namespace

WayInside with_own_relay(const Core& core, const Workspace& workspace,
                         std::shared_ptr<Backend> backend, const InstanceInfo& instance,
                         const MergedConfig& merged, RelayStart start,
                         const std::stop_token& stop) {
  auto user = remote_account_of(merged, instance);
  if (core.mode() == Mode::drop_in || workspace.settings.text("exec_via") == "engine" ||
      is_the_host(instance) || !has_relay_mount(core, instance) ||
      relay_is_hopeless(core, backend->name(), instance, user)) {
    return {.backend = std::move(backend), .refresh = {}};
  }
  const auto relay = std::make_shared<OwnRelay>(core, backend, instance, user, stop);
  if (start == RelayStart::now) relay->begin();
  return {.backend = through_relay(std::move(backend), instance.id, std::move(user),
                                   [relay] { return relay->get(); }),
          .refresh = [relay] { relay->refresh(); }};
}

}  // namespace fairlead
