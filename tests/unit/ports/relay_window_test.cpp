// What the relay allows its host to have under way, seen in its own frames.

#include "relay_fixture.hpp"

#include <fairlead/relay/requests.hpp>

namespace fairlead::ports::test {
namespace {

using relay::FrameType;

class RawHost {
 public:
  RawHost() {
    std::array<char, relay::greeting_size> greeting{};
    relay::encode_greeting({}, greeting.data());
    write_all(process_.stream.get(), {greeting.data(), greeting.size()});
    read(greeting.size());
  }
  void send(FrameType type, std::span<const char> payload) {
    std::array<char, relay::header_size> head{};
    relay::encode_header({type, channel, static_cast<std::uint32_t>(payload.size())}, head.data());
    write_all(process_.stream.get(), {head.data(), head.size()});
    write_all(process_.stream.get(), {payload.data(), payload.size()});
  }
  /// The next frame that gives credit; 0: something else came, or nothing.
  std::uint32_t next_credit() {
    const auto head = read(relay::header_size);
    if (head.size() != relay::header_size) return 0;
    const auto header = relay::decode_header(head.data());
    const auto payload = read(header.size);
    const bool gives = header.type == FrameType::opened || header.type == FrameType::credit;
    return gives ? relay::PayloadReader(payload).u32() : 0;
  }

  static constexpr std::uint32_t channel = 2;

 private:
  std::string read(std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t got = 0;
    while (got < size) {
      pollfd ready{process_.stream.get(), POLLIN, 0};
      if (::poll(&ready, 1, 30'000) <= 0) break;
      const auto now = ::read(process_.stream.get(), bytes.data() + got, size - got);
      if (now <= 0) break;
      got += static_cast<std::size_t>(now);
    }
    bytes.resize(got);
    return bytes;
  }

  RelayProcess process_;
};

TEST(RelayWindow, GrowsWhileEverythingIsTakenAtOnce) {
  const Server server(AF_INET, [](int fd) { read_all(fd); });
  RawHost host;
  relay::PayloadWriter place;
  relay::write(place, relay::TcpPlace{.credit = relay::window,
                                      .netns = 0,
                                      .port = static_cast<std::uint16_t>(server.port),
                                      .kind = relay::HostKind::name,
                                      .host = "localhost"});
  host.send(FrameType::open_tcp, place.bytes());
  std::uint64_t allowed = host.next_credit();
  EXPECT_EQ(allowed, relay::window);
  const std::string piece(relay::most_payload, 'x');
  // Never more at a time than is answered by one credit, so that nothing has to wait.
  for (int i = 0; i < 256 && allowed < relay::widest_window; ++i) {
    for (int j = 0; j < 4; ++j) host.send(FrameType::data, piece);
    allowed -= 4 * piece.size();
    const auto more = host.next_credit();
    ASSERT_GT(more, 0U);
    allowed += more;
  }
  EXPECT_EQ(allowed, relay::widest_window);
}

}  // namespace
}  // namespace fairlead::ports::test
