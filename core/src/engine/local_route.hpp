#pragma once

#include "ports/route.hpp"

#include <fairlead/ports.hpp>

namespace fairlead {

/// The way of a reverse forward's connections: to a port or socket of this machine.
class LocalRoute final : public ports::Route {
 public:
  explicit LocalRoute(PortTarget target) : target_(std::move(target)) {}

  std::optional<ports::SocketAddress> straight() override;
  void straight_failed() override {}
  bool hand_over(UniqueFd&, const std::shared_ptr<ports::Traffic>&) override { return false; }
  /// What cannot be connected to straight: names, and ::1 when nobody is at 127.0.0.1.
  UniqueFd dial(UniqueFd& client, const std::shared_ptr<ports::Traffic>& traffic,
                std::stop_token stop) override;

 private:
  PortTarget target_;
};

}  // namespace fairlead
