#pragma once

#include <fairlead/relay/mux.hpp>

#include <vector>

namespace fairlead::relay {

/// Looks into the kernel's tables for what listens, and tells what is new and what is gone. An idle
/// instance costs it three small files a turn; it waits up to twice as long where they are large.
class Detection final : private Timer {
 public:
  /// `own` are the sockets that the relay itself listens on.
  Detection(Mux& mux, const std::vector<std::uint64_t>& own)
      : Timer(mux.loop()), mux_(mux), own_(own) {}

  void start();
  void stop();

 private:
  struct Socket {
    std::uint64_t inode = 0;
    std::uint64_t netns = 0;
    std::uint16_t port = 0;
    std::uint8_t address[16] = {};
    bool ipv6 = false;
    bool seen = false;
    std::uint32_t pid = 0;
  };
  struct Network {
    std::uint64_t number = 0;
    std::uint32_t pid = 0;  ///< one that is in it; 0: ourselves
  };

  void on_timer() override;
  void look();
  void find_networks();
  bool read_table(const Network& network, bool ipv6);
  void take_line_of_table(std::string_view line, const Network& network, bool ipv6);
  void find_owners(std::size_t first_new);
  void tell(const Socket& socket);

  Mux& mux_;
  const std::vector<std::uint64_t>& own_;
  std::vector<Network> networks_;
  std::vector<Socket> known_;
  std::uint64_t last_pid_ = 0;
  std::int64_t networks_at_ = 0;
  std::int64_t tables_us_ = 0;  ///< what reading the tables cost
  bool complete_ = false;
};

}  // namespace fairlead::relay
