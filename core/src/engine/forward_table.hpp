#pragma once

#include "engine/instance_link.hpp"
#include "engine/target_route.hpp"
#include "ports/attributes.hpp"
#include "ports/switchboard.hpp"

#include <fairlead/ports.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

namespace fairlead {

/// The forwards of one environment. Thread-safe.
class ForwardTable {
 public:
  /// `forwarder`: a plugin that forwards in our place; none: we do.
  ForwardTable(std::shared_ptr<InstanceLink> link, ports::PortRules rules,
               std::shared_ptr<PortForwarder> forwarder = {});
  ~ForwardTable();
  ForwardTable(const ForwardTable&) = delete;
  ForwardTable& operator=(const ForwardTable&) = delete;

  /// See EnvironmentPorts::add. `found`: what detection knows of it.
  ForwardInfo add(const ForwardWish& wish, const std::stop_token& stop,
                  const ports::Listener* found = nullptr);
  bool remove(const PortTarget& target, bool reverse);
  std::vector<ForwardInfo> list() const;

  /// The forward that detection made for this listening socket ends.
  std::optional<ForwardInfo> remove_detected(std::uint64_t inode);
  /// Whether the target is forwarded already; then it is known from now on who listens.
  bool note_process(const PortTarget& target, const ports::Listener& found);
  /// Whether a reverse forward listens on this port inside.
  bool listens_inside(int port) const;

  /// Whether some of it cannot be without a relay.
  bool needs_relay() const;

  /// The instance is another one, or was restarted. Ends, and returns, what detection had found.
  std::vector<ForwardInfo> renew();
  /// The instance has ended: its network may be gone without a word to who is connected. Resets
  /// what leads to it.
  void reset_connections();
  /// The instance runs again: what lived in it or for it is made anew.
  void resume(const std::stop_token& stop);

 private:
  struct Forward;
  std::shared_ptr<Forward> open(const ForwardWish& wish, const PortAttributes& attributes);
  std::shared_ptr<Forward> open_reverse(const ForwardWish& wish, const std::stop_token& stop);
  void listen_inside(const std::shared_ptr<Forward>& forward, const std::stop_token& stop);
  std::shared_ptr<Forward> open_by_plugin(const ForwardWish& wish, const PortAttributes& attributes,
                                          const std::stop_token& stop);
  void forward_by_plugin(const std::shared_ptr<Forward>& forward, int local_port,
                         const std::stop_token& stop);
  void end(Forward& forward);
  std::shared_ptr<Forward> find(const PortTarget& target, bool reverse) const;
  ForwardInfo info(const Forward& forward) const;

  std::shared_ptr<InstanceLink> link_;
  ports::PortRules rules_;
  std::shared_ptr<PortForwarder> forwarder_;
  std::mutex adding_;  ///< one at a time, so that a target is opened once
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Forward>> forwards_;
  ports::Switchboard board_;  ///< last: its threads use the rest
};

}  // namespace fairlead
