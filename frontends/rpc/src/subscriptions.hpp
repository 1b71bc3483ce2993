#pragma once

#include "client.hpp"
#include "message.hpp"
#include "peer.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace fairlead::rpc {

/// What one client wants to hear of: environments, ports, configurations. Each subscription has
/// threads of its own, which end with it. Thread-safe.
class Subscriptions {
 public:
  explicit Subscriptions(std::shared_ptr<Peer> peer) : peer_(std::move(peer)) {}
  ~Subscriptions() { request_end(); }
  Subscriptions(const Subscriptions&) = delete;
  Subscriptions& operator=(const Subscriptions&) = delete;

  /// Begins one; it is answered when nothing is missed any more. Throws Error "rpc.params".
  void begin(const Request& request, const std::shared_ptr<const Client>& client);
  /// Ends one and returns at once. Throws Error "rpc.params" for one that is not there.
  void end(const Request& request);
  /// Ends all, without waiting.
  void request_end();

 private:
  struct Running {
    std::shared_ptr<std::atomic<bool>> over;
    std::jthread thread;
  };
  /// Lets go of those that have ended by themselves.
  void forget_ended();

  std::shared_ptr<Peer> peer_;
  std::mutex mutex_;
  int last_ = 0;
  std::map<int, Running> running_;
  std::map<int, Running> ended_;  ///< asked to end
};

}  // namespace fairlead::rpc
