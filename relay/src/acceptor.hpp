#pragma once

#include "address.hpp"

#include <fairlead/relay/channel.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace fairlead::relay {

/// Listens inside for connections to the host, as long as its channel lasts.
class Acceptor final : public Channel, private Timer {
 public:
  /// `next_id` numbers the channels of connections.
  Acceptor(Mux& mux, std::uint32_t id, std::uint32_t& next_id)
      : Channel(mux, id), Timer(mux.loop()), watcher_(*this), next_id_(next_id) {}
  ~Acceptor() override { stop(); }

  void listen_at(const Address& address);
  /// The number of the listening socket, as the kernel's tables have it.
  std::uint64_t inode() const { return inode_; }

 private:
  class Ready final : public Watcher {
   public:
    explicit Ready(Acceptor& acceptor) : acceptor_(acceptor) {}
    void on_ready(int, std::uint32_t) override { acceptor_.accept_one(); }

   private:
    Acceptor& acceptor_;
  };

  void accept_one();
  void on_timer() override;
  void on_done(bool reset, ResetReason reason, std::string_view text) override;
  long prepare(const Address& address);
  void stop();

  Ready watcher_;
  std::uint32_t& next_id_;
  int socket_ = -1;
  std::uint64_t inode_ = 0;
  std::vector<char> path_;  ///< of a Unix socket, to be removed
};

}  // namespace fairlead::relay
