#pragma once

#include "engine/enter.hpp"
#include "engine/workspace.hpp"
#include "ports/relay_door.hpp"
#include "ports/relay_session.hpp"
#include "ports/route.hpp"

#include <fairlead/ports.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace fairlead {

/// The instance that an environment is right now, and the ways into it: where its ports can be
/// connected to straight, its backend's `dial`, its relay. Thread-safe.
class InstanceLink {
 public:
  /// Finds the environment. Throws "environment.not_found". `core` outlives this.
  InstanceLink(Core& core, Selection selection, const std::stop_token& stop);

  /// Called, on the relay's thread, when a relay that `start_relay` started is gone. Once, before
  /// any is started.
  void on_relay_gone(std::function<void()> callback) { relay_gone_ = std::move(callback); }

  const Workspace& workspace() const { return workspace_; }
  MergedConfig merged() const;
  std::shared_ptr<Backend> backend() const;
  InstanceInfo instance() const;
  bool running() const { return instance().state == InstanceState::running; }

  /// Looks again, forgetting what was known of the old one; false: there is none. Throws what the
  /// backend does when it does not answer.
  bool refresh(const std::stop_token& stop);

  /// Where a port of `host`, this instance or a companion, is reached straight; absent: not known.
  std::optional<ports::SocketAddress> address_of(const PortTarget& target) const;
  /// Through the backend; learns the address for the next time. Throws what the backend does.
  UniqueFd dial(const PortTarget& target, const std::stop_token& stop);

  /// The relay inside if it runs.
  std::shared_ptr<ports::RelaySession> relay() const;
  /// Starts it when it does not. Throws "relay.place" and the like; a failure is remembered for
  /// some seconds.
  std::shared_ptr<ports::RelaySession> start_relay(const std::stop_token& stop);
  /// The same for forwarded connections: over a connection of its own where the user lets the relay
  /// listen.
  std::shared_ptr<ports::RelaySession> port_relay() const;
  std::shared_ptr<ports::RelaySession> start_port_relay(const std::stop_token& stop);
  /// Who the relay runs as.
  std::string account() const { return remote_account_of(merged(), instance()); }
  /// Ends it; none of its callbacks is called any more.
  void close_relay();
  /// Takes over the relay of a link that ends, with the commands of those it is lent to; one that
  /// is of no use here is closed.
  void adopt_relay(InstanceLink& old);
  /// Whether commands of others run by a relay of this link.
  bool lends_relay() const;

 private:
  std::string instance_of(const std::string& host, const std::stop_token& stop);
  void learn(const PortTarget& target, const std::string& instance, const UniqueFd& stream);
  void set(std::shared_ptr<Backend> backend, InstanceInfo instance);
  bool wants_door() const;
  void call_back_when_gone(ports::RelaySession& relay);

  Core& core_;
  Selection selection_;
  Workspace workspace_;
  mutable std::mutex mutex_;
  std::shared_ptr<Backend> backend_;
  InstanceInfo instance_;
  std::map<std::string, std::string> companions_;          ///< host name to instance
  std::map<std::string, ports::SocketAddress> addresses_;  ///< by host name
  std::shared_ptr<ports::RelaySession> relay_;
  std::shared_ptr<ports::RelaySession> adopted_;  ///< kept for whom it is lent to
  std::shared_ptr<ports::DoorSession> door_;
  bool door_failed_ = false;
  std::optional<Error> relay_failure_;
  std::chrono::steady_clock::time_point relay_failed_at_;
  std::function<void()> relay_gone_;
  std::mutex relay_start_;  ///< one starts, the others wait for it
};

}  // namespace fairlead
