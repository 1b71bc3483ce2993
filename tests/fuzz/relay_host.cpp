// What a relay, or something in its place, says to the host.
#include "ports/relay_link.hpp"

#include <fairlead/relay/channel.hpp>
#include <fairlead/relay/sys.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

namespace {

using namespace fairlead;
using namespace fairlead::ports;

class Reply final : public RelayReply {
 public:
  explicit Reply(HostMux& mux) : mux_(mux) {}
  void on_accepted(std::uint32_t channel, std::uint32_t credit) override {
    auto& added = mux_.add(std::make_unique<relay::Channel>(mux_, channel));
    added.allow(credit);
    added.join(-1, -1);
  }

 private:
  HostMux& mux_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, in.data()) != 0) return 0;
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, out.data()) != 0) return 0;
  {
    relay::Loop loop;
    HostMux mux(loop, UniqueFd(in[0]), UniqueFd(out[0]));
    mux.greeted = [](const relay::Greeting& theirs) { (void)relay::common_version(theirs); };
    mux.watch([](const ListenerEvent&) {});
    for (std::uint32_t channel = 2; channel < 10; channel += 2) {
      mux.listen_for(channel, std::make_shared<Reply>(mux));
      auto& added = mux.add(std::make_unique<relay::Channel>(mux, channel));
      if (channel > 4) added.join(-1, -1);
    }
    std::array<char, relay::greeting_size> greeting{};
    relay::encode_greeting({}, greeting.data());
    if (size > 0 && data[0] != 0) relay::sys::write(in[1], greeting.data(), greeting.size());
    const auto* bytes = reinterpret_cast<const char*>(data);
    for (std::size_t at = std::min<std::size_t>(size, 1); at < size && !mux.ended();) {
      const long put = relay::sys::write(in[1], bytes + at, std::min<std::size_t>(size - at, 4096));
      if (put > 0) at += static_cast<std::size_t>(put);
      loop.run_once(0);
      mux.settle();
    }
    relay::sys::close(in[1]);
    loop.run_once(0);
    mux.drop_all();
    mux.settle();
  }
  relay::sys::close(out[1]);
  return 0;
}
