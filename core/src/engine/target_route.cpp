#include "engine/target_route.hpp"

#include "ports/attributes.hpp"

#include <utility>

namespace fairlead {

TargetRoute::TargetRoute(std::shared_ptr<InstanceLink> link, PortTarget target)
    : link_(std::move(link)), target_(std::move(target)) {}

std::optional<ports::SocketAddress> TargetRoute::straight() {
  auto address = elsewhere() ? std::nullopt : link_->address_of(target_);
  failed_straight_ = false;
  if (address) way_ = "direct";
  return address;
}

void TargetRoute::straight_failed() { failed_straight_ = true; }

bool TargetRoute::hand_over(UniqueFd& client, const std::shared_ptr<ports::Traffic>& traffic) {
  if (!failed_straight_ && !*only_relay_ && !elsewhere()) return false;
  const auto relay = link_->port_relay();
  if (!relay) return false;
  serve(*relay, std::move(client), traffic);
  return true;
}

UniqueFd TargetRoute::dial(UniqueFd& client, const std::shared_ptr<ports::Traffic>& traffic,
                           std::stop_token stop) {
  std::optional<Error> first;
  if (!failed_straight_ && !*only_relay_ && !elsewhere()) {
    try {
      auto stream = link_->dial(target_, stop);
      way_ = link_->address_of(target_) ? "direct" : "dial";
      return stream;
    } catch (const Error& error) {
      if (error.status() == Status::cancelled) throw;
      first = error;
    }
  }
  try {
    const auto relay = link_->start_port_relay(stop);
    *only_relay_ = true;
    serve(*relay, std::exchange(client, UniqueFd()), traffic);
  } catch (const Error&) {
    if (first) throw Error(*first);
    throw;
  }
  return {};
}

void TargetRoute::serve(ports::RelaySession& relay, UniqueFd client,
                        const std::shared_ptr<ports::Traffic>& traffic) {
  way_ = "relay";
  const auto on_end = [traffic, only = only_relay_](const ports::ConnectionEnd& end) {
    if (end.refused) *only = false;
    traffic->to_inside += end.to_inside;
    traffic->from_inside += end.from_inside;
    --traffic->open;
  };
  ports::RelayTarget target{.port = target_.port, .socket = target_.socket, .netns = target_.netns};
  target.host = ports::is_localhost(target_.host) ? "localhost" : target_.host;
  auto connection = relay.serve(std::move(client), target, on_end);
  const std::lock_guard lock(mutex_);
  std::erase_if(served_, [](const auto& one) { return one->ended(); });
  if (connection) served_.push_back(std::move(connection));
}

std::uint64_t TargetRoute::to_inside() const {
  std::uint64_t sum = 0;
  const std::lock_guard lock(mutex_);
  for (const auto& one : served_) sum += one->ended() ? 0 : one->to_inside();
  return sum;
}

std::uint64_t TargetRoute::from_inside() const {
  std::uint64_t sum = 0;
  const std::lock_guard lock(mutex_);
  for (const auto& one : served_) sum += one->ended() ? 0 : one->from_inside();
  return sum;
}

void TargetRoute::reset_all() {
  const std::lock_guard lock(mutex_);
  for (const auto& one : served_) one->reset();
  served_.clear();
}

}  // namespace fairlead
