#include "ports/relay_channels.hpp"

#include <fairlead/error.hpp>
#include <fairlead/relay/channel.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>

namespace fairlead::ports {
namespace {

using relay::FrameType;
using relay::PayloadWriter;
using relay::ResetReason;

/// A connection from inside, joined with one end of a pair.
class Incoming final : public relay::Channel {
 public:
  using Channel::Channel;
};

class Listening final : public RelayReply, public std::enable_shared_from_this<Listening> {
 public:
  Listening(RelayTarget at, std::function<void(UniqueFd)> on_connection)
      : at_(std::move(at)), on_connection_(std::move(on_connection)) {}

  /// The channel that stands for the listening socket: its end says why it is none.
  class Stream final : public relay::Channel {
   public:
    Stream(relay::Mux& mux, std::uint32_t id, std::shared_ptr<Listening> listening)
        : Channel(mux, id), listening_(std::move(listening)) {}

   private:
    void on_done(bool, ResetReason reason, std::string_view text) override {
      listening_->refuse(refusal(listening_->at_, reason, text));
    }
    std::shared_ptr<Listening> listening_;
  };

  void begin(HostMux& mux) {
    mux_ = &mux;
    channel_ = mux.next_id();
    if (mux.ended()) return refuse(relay_gone({}));
    mux.add(std::make_unique<Stream>(mux, channel_, shared_from_this()));
    mux.listen_for(channel_, shared_from_this());
    send_target(mux, channel_, at_, /*listening=*/true);
  }
  void stop(HostMux& mux) {
    mux.forget(channel_);
    on_connection_ = nullptr;
    if (auto* channel = mux.find(channel_)) channel->reset(ResetReason::reset);
  }

  void on_listening(int port) override {
    const std::lock_guard lock(mutex_);
    port_ = port;
    changed_.notify_all();
  }
  void on_accepted(std::uint32_t id, std::uint32_t credit) override {
    if (!on_connection_) return mux_->send_reset(id, ResetReason::reset);
    try {
      auto [ours, theirs] = local_pair();
      ::fcntl(ours.get(), F_SETFL, O_NONBLOCK | O_RDWR);
      auto& channel = mux_->add(std::make_unique<Incoming>(*mux_, id));
      mux_->send(FrameType::opened, id, PayloadWriter().u32(relay::window));
      channel.allow(credit);
      const int fd = ours.release();
      channel.join(fd, fd);
      on_connection_(std::move(theirs));
    } catch (const Error&) {  // no descriptor is left
      mux_->send_reset(id, ResetReason::other);
    }
  }
  void on_gone() override { refuse(relay_gone({})); }

  int wait(const CallOptions& options) {
    std::unique_lock lock(mutex_);
    const auto limit = options.timeout.count() > 0 ? options.timeout : std::chrono::seconds(30);
    changed_.wait_for(lock, limit, [&] { return port_ >= 0 || refused_; });
    if (refused_) throw *refused_;
    if (port_ < 0) throw Error(Status::timeout, "relay.start", "The relay inside does not answer.");
    return port_;
  }

 private:
  void refuse(Error why) {
    const std::lock_guard lock(mutex_);
    if (!refused_) refused_ = std::move(why);
    changed_.notify_all();
  }

  RelayTarget at_;
  std::function<void(UniqueFd)> on_connection_;  ///< on the session's thread only
  HostMux* mux_ = nullptr;
  std::uint32_t channel_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  int port_ = -1;
  std::optional<Error> refused_;
};

class ListeningHandle final : public ReverseListener {
 public:
  ListeningHandle(std::shared_ptr<RelayThread> thread, std::shared_ptr<Listening> listening)
      : thread_(std::move(thread)), listening_(std::move(listening)) {}
  ~ListeningHandle() override {
    thread_->post([listening = listening_](HostMux& mux) { listening->stop(mux); });
  }
  int port() const override { return port_; }
  void wait(const CallOptions& options) { port_ = listening_->wait(options); }

 private:
  std::shared_ptr<RelayThread> thread_;
  std::shared_ptr<Listening> listening_;
  int port_ = 0;
};

/// Names are looked up on this side or not at all: the relay listens where it is told.
void require_numeric(const RelayTarget& at) {
  in6_addr bytes{};
  const bool numeric = ::inet_pton(AF_INET, at.host.c_str(), &bytes) == 1 ||
                       ::inet_pton(AF_INET6, at.host.c_str(), &bytes) == 1;
  if (!at.socket.empty() || numeric) return;
  throw Error(Status::invalid, "ports.address",
              "Nothing can listen at '" + at.host + "' inside: that is no numeric address.");
}

}  // namespace

std::unique_ptr<ReverseListener> listen_inside(std::shared_ptr<RelayThread> thread,
                                               const RelayTarget& at,
                                               std::function<void(UniqueFd)> on_connection,
                                               const CallOptions& options) {
  require_numeric(at);
  const auto listening = std::make_shared<Listening>(at, std::move(on_connection));
  const bool posted = thread->post([listening](HostMux& mux) { listening->begin(mux); });
  if (!posted) throw relay_gone({});
  auto listener = std::make_unique<ListeningHandle>(std::move(thread), listening);
  listener->wait(options);
  return listener;
}

}  // namespace fairlead::ports
