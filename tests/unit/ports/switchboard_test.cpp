#include "ports/switchboard.hpp"

#include "ports/local_end.hpp"
#include "support/wait.hpp"
#include "unit/ports/sockets.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace fairlead::ports {
namespace {

using test::accept_one;
using test::connect_tcp;
using test::listen_tcp;
using test::receive;
using test::receive_all;
using test::send_all;

constexpr std::chrono::seconds patience{30};

/// To a port of this machine: straight, by a dial, or nowhere.
class ToPort : public Route {
 public:
  enum class Way { straight, dial, refused };
  ToPort(int port, Way way) : port_(port), way_(way) {}

  std::optional<SocketAddress> straight() override {
    if (way_ == Way::dial) return std::nullopt;
    SocketAddress address;
    auto& place = reinterpret_cast<sockaddr_in&>(address.storage);
    place.sin_family = AF_INET;
    place.sin_port = htons(static_cast<std::uint16_t>(port_));
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.size = sizeof place;
    return address;
  }
  void straight_failed() override { ++failed; }
  bool hand_over(UniqueFd&, const std::shared_ptr<Traffic>&) override { return false; }
  UniqueFd dial(UniqueFd&, const std::shared_ptr<Traffic>&, std::stop_token) override {
    auto socket = way_ == Way::refused ? UniqueFd() : connect_tcp(port_);
    if (!socket) throw Error(Status::unavailable, "ports.refused", "nobody listens");
    return socket;
  }
  std::atomic<int> failed{0};

 private:
  int port_;
  Way way_;
};

class SwitchboardTest : public ::testing::TestWithParam<ToPort::Way> {
 protected:
  /// A forward to `server`; the port on this side.
  int forward(const UniqueFd& server, ToPort::Way way) {
    route_ = std::make_shared<ToPort>(test::port_of(server), way);
    auto end = open_local_end({});
    line_ = board_.open(std::move(end.listeners), route_, traffic_);
    return end.port;
  }
  bool settles(std::int64_t open) const {
    return fairlead::test::wait_until(patience, [&] { return traffic_->open == open; });
  }

  std::shared_ptr<Traffic> traffic_ = std::make_shared<Traffic>();
  std::shared_ptr<ToPort> route_;
  Switchboard::Line line_ = 0;
  Switchboard board_;
};

TEST_P(SwitchboardTest, JoinsBothWaysAndPassesTheEndOn) {  // PORT-001
  const auto server = listen_tcp();
  const auto client = connect_tcp(forward(server, GetParam()));
  const auto inside = accept_one(server);
  send_all(client, "question");
  ::shutdown(client.get(), SHUT_WR);  // as `nc -N`
  EXPECT_EQ(receive_all(inside), "question");
  send_all(inside, "answer");
  ::shutdown(inside.get(), SHUT_WR);
  EXPECT_EQ(receive_all(client), "answer");
  EXPECT_TRUE(settles(0));
  EXPECT_EQ(traffic_->to_inside, 8U);
  EXPECT_EQ(traffic_->from_inside, 6U);
}

TEST_P(SwitchboardTest, LetsTheServerSpeakFirst) {
  const auto server = listen_tcp();
  const auto client = connect_tcp(forward(server, GetParam()));
  const auto inside = accept_one(server);
  send_all(inside, "220 ready");
  EXPECT_EQ(receive(client, 9), "220 ready");
}

TEST_P(SwitchboardTest, PassesResetsOn) {
  const auto server = listen_tcp();
  const int port = forward(server, GetParam());
  for (const bool from_client : {true, false}) {
    auto client = connect_tcp(port);
    auto inside = accept_one(server);
    send_all(client, "x");
    EXPECT_EQ(receive(inside, 1), "x");
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    auto& resetting = from_client ? client : inside;
    ::setsockopt(resetting.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    resetting.reset();
    EXPECT_EQ(receive_all(from_client ? inside : client), "<reset>") << from_client;
  }
  EXPECT_TRUE(settles(0));
}

TEST_P(SwitchboardTest, MovesMuchBothWaysAtOnce) {
  const auto server = listen_tcp();
  const auto client = connect_tcp(forward(server, GetParam()));
  const auto inside = accept_one(server);
  const std::string much(std::size_t{24} << 20U, 'm');
  std::string got_inside;
  std::string got_outside;
  {
    const std::jthread one([&] { got_inside = receive_all(inside); });
    const std::jthread two([&] { got_outside = receive_all(client); });
    const std::jthread three([&] {
      send_all(inside, much);
      ::shutdown(inside.get(), SHUT_WR);
    });
    send_all(client, much);
    ::shutdown(client.get(), SHUT_WR);
  }
  EXPECT_EQ(got_inside.size(), much.size());
  EXPECT_TRUE(got_outside == much);
}

INSTANTIATE_TEST_SUITE_P(Ways, SwitchboardTest,
                         ::testing::Values(ToPort::Way::straight, ToPort::Way::dial));

using Switch = SwitchboardTest;

TEST_F(Switch, ResetsWhoeverCannotBeServed) {
  auto server = listen_tcp();
  const int port = forward(server, ToPort::Way::refused);
  server.reset();
  const auto client = connect_tcp(port);
  EXPECT_EQ(receive_all(client), "<reset>");
  EXPECT_EQ(route_->failed, 1);
  EXPECT_TRUE(settles(0));
}

TEST_F(Switch, HoldsUpOnlyTheConnectionThatIsNotRead) {
  const auto server = listen_tcp();
  const int port = forward(server, ToPort::Way::straight);
  const auto stuck = connect_tcp(port);
  const auto unread = accept_one(server);
  ::fcntl(stuck.get(), F_SETFL, O_NONBLOCK);
  const std::string piece(1U << 20U, 'p');
  // Until nothing more goes in: what lies under way is limited.
  std::size_t taken = 0;
  while (taken < (std::size_t{256} << 20U)) {
    const auto sent = ::send(stuck.get(), piece.data(), piece.size(), MSG_NOSIGNAL);
    if (sent <= 0 && !fairlead::test::wait_until(std::chrono::milliseconds(300), [&] {
          return ::send(stuck.get(), "p", 1, MSG_NOSIGNAL) > 0;
        })) {
      break;
    }
    if (sent > 0) taken += static_cast<std::size_t>(sent);
  }
  EXPECT_LT(taken, std::size_t{256} << 20U);
  const auto other = connect_tcp(port);
  const auto inside = accept_one(server);
  send_all(other, "quick");
  EXPECT_EQ(receive(inside, 5), "quick");
}

TEST_F(Switch, EndsConnectionsWithTheLine) {
  const auto server = listen_tcp();
  const int port = forward(server, ToPort::Way::straight);
  const auto client = connect_tcp(port);
  const auto inside = accept_one(server);
  send_all(client, "x");
  EXPECT_EQ(receive(inside, 1), "x");
  board_.close(line_);
  EXPECT_EQ(receive_all(client), "<reset>");
  EXPECT_FALSE(connect_tcp(port));
  EXPECT_EQ(traffic_->open, 0);
}

TEST_F(Switch, ResetsConnectionsAndGoesOn) {
  const auto server = listen_tcp();
  const int port = forward(server, ToPort::Way::straight);
  const auto client = connect_tcp(port);
  const auto inside = accept_one(server);
  send_all(client, "x");
  ASSERT_EQ(receive(inside, 1), "x");
  board_.reset(line_);
  EXPECT_EQ(receive_all(client), "<reset>");
  EXPECT_EQ(receive_all(inside), "<reset>");
  EXPECT_TRUE(settles(0));
  const auto next = connect_tcp(port);
  send_all(next, "y");
  EXPECT_EQ(receive(accept_one(server), 1), "y");
}

TEST_F(Switch, ServesManyAtOnce) {
  const auto server = listen_tcp();
  const int port = forward(server, ToPort::Way::straight);
  std::vector<UniqueFd> clients;
  std::vector<UniqueFd> inside;
  for (int i = 0; i < 60; ++i) {
    clients.push_back(connect_tcp(port));
    inside.push_back(accept_one(server));
  }
  EXPECT_TRUE(settles(60));
  for (auto& client : clients) send_all(client, "hello");
  for (auto& one : inside) EXPECT_EQ(receive(one, 5), "hello");
  clients.clear();  // all of them vanish
  for (auto& one : inside) EXPECT_EQ(receive_all(one), "");
  inside.clear();
  EXPECT_TRUE(settles(0));
}

}  // namespace
}  // namespace fairlead::ports
