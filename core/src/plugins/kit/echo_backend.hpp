#pragma once

#include <fairlead/error.hpp>
#include <fairlead/sdk/backend.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace fairlead::kit {

/// A backend without an engine: every instance has a port 7 that sends back what it gets, and
/// nothing else. For checks of what works on a backend.
class EchoBackend final : public sdk::Backend {
 public:
  static constexpr int port = 7;

  ProbeReply probe(const ProbeRequest& /*request*/, sdk::Call& /*call*/) override {
    ProbeReply reply;
    reply.engine = "echo";
    reply.capabilities.dial = true;
    return reply;
  }

  DialReply dial(const DialRequest& request, sdk::Call& call) override {
    std::array<int, 2> ends{};
    if (request.port != port) {
      throw Error(Status::unavailable, "host.connect", "nothing listens there");
    }
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      throw Error(Status::unavailable, "host.connect", "no pair of sockets");
    }
    std::thread([far = ends[1]] {
      std::array<char, 65536> bytes{};
      for (ssize_t got = 0; (got = ::read(far, bytes.data(), bytes.size())) > 0;) {
        for (ssize_t sent = 0; sent < got;) {
          const auto some =
              ::send(far, bytes.data() + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
          if (some <= 0) break;
          sent += some;
        }
      }
      ::close(far);
    }).detach();
    return {call.attach(UniqueFd(ends[0]))};
  }
};

}  // namespace fairlead::kit
