#pragma once

#include <fairlead/relay/mux.hpp>

#include <vector>

namespace fairlead::relay {

/// Asks the kernel what listens, and tells what is new and what is gone. The relay's own network is
/// asked for listening sockets alone. Of other networks (and where that cannot be asked) only the
/// files with all connections can be had, for which the kernel walks tables that are sized for the
/// whole machine (1.4 ms a file on one of 24 GiB): they are read as rarely as their cost demands.
class Detection final : private Timer {
 public:
  /// `own` are the sockets that the relay itself listens on.
  Detection(Mux& mux, const std::vector<std::uint64_t>& own)
      : Timer(mux.loop()), mux_(mux), own_(own) {}
  ~Detection() override { stop(); }

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
    bool door = false;  ///< a relay that waits for us: nothing of the user's
    std::uint32_t pid = 0;
  };
  struct Network {
    std::uint64_t number = 0;
    std::uint32_t pid = 0;  ///< one that is in it; 0: ourselves
    std::int64_t due = 0;   ///< when its files may be read again
  };

  void on_timer() override;
  void look();
  static bool has_network(const std::vector<Network>& networks, std::uint64_t number);
  void look_at_files(std::int64_t now);
  bool ask_kernel();
  void take_answer(const char* message, std::size_t size);
  void found(const Socket& socket);
  void find_networks();
  bool read_table(const Network& network, bool ipv6);
  void take_line_of_table(std::string_view line, const Network& network, bool ipv6);
  void find_owners(std::size_t first_new);
  bool is_a_door(std::uint32_t pid);
  void tell(const Socket& socket);

  Mux& mux_;
  const std::vector<std::uint64_t>& own_;
  std::vector<Network> networks_;
  std::vector<Socket> known_;
  std::vector<char> own_file_;  ///< that all relays of this version are
  std::uint64_t last_pid_ = 0;
  std::int64_t networks_due_ = 0;
  int kernel_ = -1;
  int load_ = -1;  ///< /proc/loadavg
  bool kernel_answers_ = true;
  bool complete_ = false;
};

}  // namespace fairlead::relay
