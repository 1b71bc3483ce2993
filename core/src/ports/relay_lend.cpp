#include "ports/relay_channels.hpp"

#include <fairlead/relay/channel.hpp>
#include <fairlead/relay/requests.hpp>

#include <fcntl.h>

#include <utility>

namespace fairlead::ports {
namespace {

using relay::FrameType;
using relay::PayloadWriter;

/// One stream of the relay that is lent: its input and output, or its errors, which nobody reads.
class LentStream final : public relay::Channel {
 public:
  using Channel::Channel;

 private:
  bool on_opened() override { return true; }
};

/// The relay that is lent, as a command: its end is the end of the client's connection.
class Lent final : public RelayReply {
 public:
  Lent(HostMux& mux, std::uint32_t channel, std::shared_ptr<const void> held)
      : mux_(mux), channel_(channel), held_(std::move(held)) {}

 private:
  void on_exit(int) override {
    if (auto* stream = mux_.find(channel_)) stream->end_input();
    mux_.forget(channel_);
  }

  HostMux& mux_;
  const std::uint32_t channel_;
  const std::shared_ptr<const void> held_;
};

void begin(HostMux& mux, UniqueFd client, std::shared_ptr<const void> held) {
  const auto channel = mux.next_id();
  const auto errors = mux.next_id();
  if (mux.ended()) return;
  // The file of the relay that forks, wherever it was put.
  const relay::RunRequest request{.credit = relay::window,
                                  .error_channel = errors,
                                  .words = {"/proc/self/exe", relay::lent_word}};
  PayloadWriter payload;
  relay::write(payload, request);
  mux.listen_for(channel, std::make_shared<Lent>(mux, channel, std::move(held)));
  mux.send(FrameType::run, channel, payload);
  auto& stream = mux.add(std::make_unique<LentStream>(mux, channel));
  auto& silent = mux.add(std::make_unique<LentStream>(mux, errors));
  silent.sends_nothing();
  silent.join(-1, -1);
  const int socket = client.release();
  ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
  stream.join(socket, socket);
}

}  // namespace

void lend_inside(const std::shared_ptr<RelayThread>& thread, UniqueFd client,
                 std::shared_ptr<const void> held) {
  const auto socket = std::make_shared<UniqueFd>(std::move(client));
  thread->post(
      [socket, held = std::move(held)](HostMux& mux) { begin(mux, std::move(*socket), held); });
}

}  // namespace fairlead::ports
