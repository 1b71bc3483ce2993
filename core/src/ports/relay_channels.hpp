#pragma once

#include "ports/relay_link.hpp"

#include <atomic>

namespace fairlead::ports {

/// A connection that is being opened or has been: what `dial` and `serve` share.
class RelayConnection : public ServedConnection,
                        public std::enable_shared_from_this<RelayConnection> {
 public:
  RelayConnection(std::shared_ptr<RelayThread> thread, UniqueFd socket,
                  std::function<void(const ConnectionEnd&)> on_end)
      : thread_(std::move(thread)), socket_(std::move(socket)), on_end_(std::move(on_end)) {}

  /// Begins to open it; the target is checked already.
  void open(const RelayTarget& target);
  /// Waits until it is open. Throws why it is not.
  void wait(const CallOptions& options);

  std::uint64_t to_inside() const override { return to_inside_; }
  std::uint64_t from_inside() const override { return from_inside_; }
  bool ended() const override { return ended_; }
  void reset() override;

 private:
  class Stream;
  void finish(bool reset, relay::ResetReason reason, std::string_view text);

  const std::shared_ptr<RelayThread> thread_;
  UniqueFd socket_;
  std::function<void(const ConnectionEnd&)> on_end_;
  RelayTarget target_;
  std::atomic<std::uint64_t> to_inside_ = 0;
  std::atomic<std::uint64_t> from_inside_ = 0;
  std::atomic<std::uint32_t> channel_ = 0;
  std::atomic<bool> ended_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  std::optional<Error> refused_;
};

/// Two ends of one local stream, both closing on exec.
std::pair<UniqueFd, UniqueFd> local_pair();
/// Throws invalid "ports.address" when nothing can be there.
void require_possible(const RelayTarget& target);
/// Says the target in a frame of the TCP or the Unix kind.
void send_target(HostMux& mux, std::uint32_t channel, const RelayTarget& target, bool listening);
std::string text_of(const RelayTarget& target);
Error refusal(const RelayTarget& target, relay::ResetReason reason, std::string_view text);

std::unique_ptr<ReverseListener> listen_inside(std::shared_ptr<RelayThread> thread,
                                               const RelayTarget& at,
                                               std::function<void(UniqueFd)> on_connection,
                                               const CallOptions& options);
std::unique_ptr<RelayCommand> run_inside(std::shared_ptr<RelayThread> thread, RelayRun command);
/// `held` is kept while the client has the relay that is lent.
void lend_inside(const std::shared_ptr<RelayThread>& thread, UniqueFd client,
                 std::shared_ptr<const void> held);

}  // namespace fairlead::ports
