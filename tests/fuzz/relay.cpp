// What one side of the relay's protocol says to the other: to the relay's frames and requests, and
// to the host's. Whatever comes, the session goes on or ends; channels that were opened are joined
// with sockets whose other ends talk, are deaf, or go away.
#include "resolve.hpp"

#include <fairlead/relay/channel.hpp>
#include <fairlead/relay/requests.hpp>
#include <fairlead/relay/sys.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace {

using namespace fairlead::relay;

/// Accepts whatever can be accepted.
class Anything final : public Mux {
 public:
  Anything(Loop& loop, int in, int out) : Mux(loop, in, out) {}
  ~Anything() override { drop_channels(); }

 private:
  class Stream final : public Channel {
   public:
    using Channel::Channel;

   private:
    bool on_opened() override { return id() % 4 != 0; }
  };

  void on_greeting(const Greeting& theirs) override { (void)common_version(theirs); }
  void on_end(std::string_view) override { drop_channels(); }

  bool on_frame(const Header& header, PayloadReader payload) override {
    TcpPlace tcp;
    UnixPlace local;
    RunRequest run;
    switch (header.type) {
      case FrameType::open_tcp:
        return find(header.channel) == nullptr && read(payload, tcp) && open(header, tcp.credit);
      case FrameType::open_unix:
        return find(header.channel) == nullptr && read(payload, local) &&
               open(header, local.credit);
      case FrameType::run:
        return find(header.channel) == nullptr && read(payload, run) && open(header, run.credit);
      default:
        payload.u64();
        return payload.ok();
    }
  }

  bool open(const Header& header, std::uint32_t credit) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) {
      std::abort();
    }
    auto& channel = add(std::make_unique<Stream>(*this, header.channel));
    send(FrameType::opened, header.channel, PayloadWriter().u32(window));
    channel.allow(credit);
    if (header.channel % 3 == 0) sys::write(ends[1], "it speaks first", 15);
    if (header.channel % 3 == 1) {
      sys::close(ends[1]);
    } else {
      others_.push_back(ends[1]);
    }
    channel.join(ends[0], ends[0]);
    return others_.size() < 64;
  }

 public:
  void close_others() {
    for (const int fd : others_) sys::close(fd);
  }

 private:
  std::vector<int> others_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<Address> v4;
  std::vector<Address> v6;
  parse_dns_answer({reinterpret_cast<const char*>(data), size}, 0, 80, v4, v6);
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, in.data()) != 0) return 0;
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, out.data()) != 0) return 0;
  {
    Loop loop;
    Anything mux(loop, in[0], out[0]);
    std::array<char, greeting_size> greeting{};
    encode_greeting({}, greeting.data());
    mux.greet({});
    // The first byte says whether the greeting is part of the input.
    if (size > 0 && data[0] != 0) sys::write(in[1], greeting.data(), greeting.size());
    const auto* bytes = reinterpret_cast<const char*>(data);
    for (std::size_t at = std::min<std::size_t>(size, 1); at < size && !mux.ended();) {
      const long put = sys::write(in[1], bytes + at, std::min<std::size_t>(size - at, 4096));
      if (put > 0) at += static_cast<std::size_t>(put);
      loop.run_once(0);
      mux.settle();
    }
    sys::close(in[1]);
    for (int i = 0; i < 4 && !mux.ended(); ++i) {
      loop.run_once(0);
      mux.settle();
    }
    mux.close_others();
  }
  sys::close(out[1]);
  return 0;
}
