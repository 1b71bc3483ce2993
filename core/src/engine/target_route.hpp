#pragma once

#include "engine/instance_link.hpp"
#include "ports/route.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace fairlead {

/// The way of one forward's connections into the environment: straight, else the backend's dial,
/// else the relay.
class TargetRoute final : public ports::Route {
 public:
  TargetRoute(std::shared_ptr<InstanceLink> link, PortTarget target);

  std::optional<ports::SocketAddress> straight() override;
  void straight_failed() override;
  bool hand_over(UniqueFd& client, const std::shared_ptr<ports::Traffic>& traffic) override;
  UniqueFd dial(UniqueFd& client, const std::shared_ptr<ports::Traffic>& traffic,
                std::stop_token stop) override;

  /// What the relay moves at this moment, not yet in the traffic's counts.
  std::uint64_t to_inside() const;
  std::uint64_t from_inside() const;
  /// "direct", "dial", "relay": the last connection's; "": none was made.
  std::string way() const { return way_.load(); }
  /// Resets what was handed over.
  void reset_all();
  /// The instance is another one: the way has to be found anew.
  void forget() { *only_relay_ = false; }

 private:
  /// In another network inside: only the relay gets there.
  bool elsewhere() const { return target_.netns != 0; }
  void serve(ports::RelaySession& relay, UniqueFd client,
             const std::shared_ptr<ports::Traffic>& traffic);

  std::shared_ptr<InstanceLink> link_;
  PortTarget target_;
  std::atomic<const char*> way_{""};
  std::atomic<bool> failed_straight_{false};  ///< the last time
  /// The backend's dial does not get there, the relay did. Outlives this with what it serves.
  std::shared_ptr<std::atomic<bool>> only_relay_ = std::make_shared<std::atomic<bool>>(false);
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<ports::ServedConnection>> served_;
};

}  // namespace fairlead
