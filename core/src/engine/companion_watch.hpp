#pragma once

#include "engine/instance_link.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

namespace fairlead {

/// What listens in the other services of an environment's group, told by a relay in each of them.
/// `renew` and `close` are called by one thread at a time.
class CompanionWatch {
 public:
  /// Told on the relays' threads; with the end of a service all that listened there is told to have
  /// ended.
  using Heard = std::function<void(const std::string& service, const ports::ListenerEvent&)>;

  /// Told, on the relays' threads or by `renew`, that it is time to `renew` again after a while: a
  /// relay has ended by itself, or could not be started.
  using Again = std::function<void(std::chrono::milliseconds later)>;

  CompanionWatch(std::shared_ptr<InstanceLink> link, Heard heard, Again again);
  ~CompanionWatch() { close(); }
  CompanionWatch(const CompanionWatch&) = delete;
  CompanionWatch& operator=(const CompanionWatch&) = delete;

  /// Begins with services that have appeared or were started again, and ends with those that are
  /// gone. One where no relay can be is let alone. Never throws.
  void renew(const std::stop_token& stop);
  /// Ends all; nothing is told any more.
  void close();

 private:
  struct Companion;
  void begin(const InstanceInfo& instance, const std::stop_token& stop);
  void end(Companion& companion);

  const std::shared_ptr<InstanceLink> link_;
  const Heard heard_;
  const Again again_;
  std::map<std::string, std::shared_ptr<Companion>> companions_;  ///< by instance
};

}  // namespace fairlead
