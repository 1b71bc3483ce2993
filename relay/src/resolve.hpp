#pragma once

#include "address.hpp"

#include <fairlead/relay/loop.hpp>

#include <string_view>
#include <vector>

namespace fairlead::relay {

/// Asks /etc/hosts and the name servers of /etc/resolv.conf, without waiting: a name server that
/// does not answer is nobody's business but the connection's that needs it.
class NameQuery : private Watcher, private Timer {
 public:
  explicit NameQuery(Loop& loop) : Timer(loop), loop_(loop) {}
  ~NameQuery() override { stop(); }

  /// `on_resolved` follows, maybe at once.
  void start(std::string_view name, std::uint16_t port);

 protected:
  /// IPv4 first; none: there is no such name.
  virtual void on_resolved(const std::vector<Address>& addresses) = 0;

 private:
  void ask();
  bool take_answer(std::string_view message);
  void on_ready(int fd, std::uint32_t events) override;
  void on_timer() override;
  void finish();
  void stop();

  Loop& loop_;
  std::vector<std::vector<char>> names_;  ///< with the search domains, in their order
  std::size_t next_name_ = 0;
  std::uint16_t port_ = 0;
  std::vector<Address> servers_;
  std::size_t attempt_ = 0;
  std::uint16_t id_ = 0;
  int socket_ = -1;
  int answers_ = 0;
  std::vector<Address> v4_;
  std::vector<Address> v6_;
};

/// Four numbers with dots between; false: it is something else.
bool parse_v4(std::string_view text, std::uint8_t* bytes);
/// The addresses in a name server's answer to question `id`; false: it is no answer to that.
bool parse_dns_answer(std::string_view message, std::uint16_t id, std::uint16_t port,
                      std::vector<Address>& v4, std::vector<Address>& v6);

}  // namespace fairlead::relay
