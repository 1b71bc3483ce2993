#include "ports/relay_channels.hpp"

#include <fairlead/relay/channel.hpp>
#include <fairlead/relay/requests.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>

namespace fairlead::ports {
namespace {

using relay::FrameType;
using relay::PayloadWriter;
using relay::ResetReason;

void reset_socket(UniqueFd socket) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace

/// The channel; lives on the session's thread.
class RelayConnection::Stream final : public relay::Channel {
 public:
  Stream(relay::Mux& mux, std::uint32_t id, std::shared_ptr<RelayConnection> connection)
      : Channel(mux, id), connection_(std::move(connection)) {}

 private:
  bool on_opened() override {
    if (std::exchange(opened_, true)) return false;
    const int fd = connection_->socket_.release();
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    join(fd, fd);
    const std::lock_guard lock(connection_->mutex_);
    connection_->open_ = true;
    connection_->changed_.notify_all();
    return true;
  }
  void on_progress() override {
    connection_->to_inside_ = sent();
    connection_->from_inside_ = received();
  }
  void on_done(bool reset, ResetReason reason, std::string_view text) override {
    on_progress();
    connection_->finish(reset, reason, text);
  }

  const std::shared_ptr<RelayConnection> connection_;
  bool opened_ = false;
};

std::pair<UniqueFd, UniqueFd> local_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw Error(Status::failed, "process.pipe",
                std::string("Cannot make a socket pair: ") + std::strerror(errno));
  }
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::string text_of(const RelayTarget& target) {
  if (!target.socket.empty()) return target.socket;
  const bool is_v6 = target.host.find(':') != std::string::npos;
  return (is_v6 ? '[' + target.host + ']' : target.host) + ':' + std::to_string(target.port);
}

void require_possible(const RelayTarget& target) {
  const bool is_path = !target.socket.empty();
  const bool possible = is_path ? target.socket.size() < sizeof(sockaddr_un::sun_path)
                                : target.port >= 0 && target.port <= 65535 &&
                                      !target.host.empty() && target.host.size() < 254;
  const bool has_zero =
      target.socket.find('\0') != std::string::npos || target.host.find('\0') != std::string::npos;
  if (possible && !has_zero) return;
  throw Error(Status::invalid, "ports.address", "Nothing can be at " + text_of(target) + '.');
}

void send_target(HostMux& mux, std::uint32_t channel, const RelayTarget& target, bool listening) {
  PayloadWriter payload;
  const std::uint32_t credit = listening ? 0 : relay::window;
  if (!target.socket.empty()) {
    relay::write(payload, relay::UnixPlace{credit, target.socket});
    mux.send(listening ? FrameType::listen_unix : FrameType::open_unix, channel, payload);
    return;
  }
  std::array<char, 16> bytes{};
  relay::TcpPlace place{.credit = credit,
                        .netns = target.netns,
                        .port = static_cast<std::uint16_t>(target.port),
                        .host = target.host};
  if (::inet_pton(AF_INET, target.host.c_str(), bytes.data()) == 1) {
    place.kind = relay::HostKind::v4;
    place.host = {bytes.data(), 4};
  } else if (::inet_pton(AF_INET6, target.host.c_str(), bytes.data()) == 1) {
    place.kind = relay::HostKind::v6;
    place.host = {bytes.data(), 16};
  }
  relay::write(payload, place);
  mux.send(listening ? FrameType::listen_tcp : FrameType::open_tcp, channel, payload);
}

Error refusal(const RelayTarget& target, ResetReason reason, std::string_view text) {
  const auto at = text_of(target);
  switch (reason) {
    case ResetReason::refused:
      return {Status::unavailable, "ports.refused", "Nobody listens at " + at + " inside."};
    case ResetReason::not_found:
      return {Status::not_found, "ports.socket", "There is no " + at + " inside."};
    case ResetReason::denied:
      return {Status::denied, "ports.denied", "The user inside may not use " + at + '.'};
    case ResetReason::taken:
      return {Status::conflict, "ports.taken", "Something else listens at " + at + " inside."};
    case ResetReason::bad_address:
      return {Status::invalid, "ports.address", "Nothing can be at " + at + " inside."};
    default:
      return {Status::unavailable, "ports.unreachable",
              "Cannot reach " + at + " from inside" +
                  (text.empty() ? std::string(".") : ": " + std::string(text) + '.')};
  }
}

void RelayConnection::open(const RelayTarget& target) {
  target_ = target;
  const bool posted = thread_->post([self = shared_from_this()](HostMux& mux) {
    const auto id = mux.next_id();
    self->channel_ = id;
    if (mux.ended()) return self->finish(true, ResetReason::reset, {});
    mux.add(std::make_unique<Stream>(mux, id, self));
    send_target(mux, id, self->target_, /*listening=*/false);
  });
  if (!posted) finish(true, ResetReason::reset, {});
}

void RelayConnection::finish(bool reset, ResetReason reason, std::string_view text) {
  ended_ = true;
  if (socket_) reset_socket(std::move(socket_));
  ConnectionEnd end{.to_inside = to_inside_, .from_inside = from_inside_, .reset = reset};
  {
    const std::lock_guard lock(mutex_);
    if (!open_) {
      refused_ = thread_->alive() ? refusal(target_, reason, text) : relay_gone({});
      end.refused = refused_;
    }
    changed_.notify_all();
  }
  if (const auto on_end = std::exchange(on_end_, nullptr)) on_end(end);
}

void RelayConnection::wait(const CallOptions& options) {
  const std::stop_callback wake(options.stop, [this] {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  });
  const auto done = [&] { return open_ || refused_ || options.stop.stop_requested(); };
  std::unique_lock lock(mutex_);
  if (options.timeout.count() > 0) {
    changed_.wait_for(lock, options.timeout, done);
  } else {
    changed_.wait(lock, done);
  }
  if (open_) return;
  if (refused_) throw *refused_;
  lock.unlock();
  reset();
  if (options.stop.stop_requested()) {
    throw Error(Status::cancelled, "call.cancelled", "the operation was cancelled");
  }
  throw Error(Status::timeout, "ports.unreachable", text_of(target_) + " does not answer inside.");
}

void RelayConnection::reset() {
  thread_->post([self = shared_from_this()](HostMux& mux) {
    if (auto* channel = mux.find(self->channel_)) channel->reset(ResetReason::reset);
  });
}

}  // namespace fairlead::ports
