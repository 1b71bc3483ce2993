#pragma once

#include "address.hpp"
#include "resolve.hpp"

#include <fairlead/relay/channel.hpp>

#include <string_view>
#include <vector>

namespace fairlead::relay {

/// A channel to a server inside, from the wish to its end.
class Connection final : public Channel, private NameQuery {
 public:
  Connection(Mux& mux, std::uint32_t id, std::uint32_t credit)
      : Channel(mux, id), NameQuery(mux.loop()), attempt_(*this), credit_(credit) {}
  ~Connection() override;

  void connect_to(const Address& address, std::uint64_t netns);
  void connect_to_name(std::string_view name, std::uint16_t port, std::uint64_t netns);

 private:
  /// Waits for the connection that is being made.
  class Attempt final : public Watcher, public relay::Timer {
   public:
    explicit Attempt(Connection& connection)
        : relay::Timer(connection.mux().loop()), connection_(connection) {}
    void on_ready(int fd, std::uint32_t events) override;
    void on_timer() override;

   private:
    Connection& connection_;
  };

  void on_resolved(const std::vector<Address>& addresses) override;
  void on_done(bool reset, ResetReason reason, std::string_view text) override;
  void try_next();
  void attempted(int error);
  void connected();
  void abandon();

  Attempt attempt_;
  std::uint32_t credit_;
  std::uint64_t netns_ = 0;
  std::vector<Address> addresses_;
  std::size_t next_ = 0;
  int last_error_ = 0;
  int socket_ = -1;
};

/// The protocol's word for an error number.
ResetReason reason_of(int error);

}  // namespace fairlead::relay
