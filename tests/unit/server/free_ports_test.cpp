#include "unit/ports/sockets.hpp"

#include <gtest/gtest.h>
#include <server/free_ports.hpp>

#include <thread>

namespace fairlead::server {
namespace {

namespace net = ports::test;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

ForwardWish wish_at(int port) { return {.target = {.port = 1}, .local_port = port}; }

TEST(FreePorts, AreWaitedFor) {
  auto listener = net::listen_tcp();
  const int port = net::port_of(listener);
  auto began = Clock::now();
  wait_for_free_ports({wish_at(port)}, milliseconds(50), {});
  EXPECT_GE(Clock::now() - began, milliseconds(50));
  std::jthread other([&] { listener.reset(); });
  began = Clock::now();
  wait_for_free_ports({wish_at(port)}, seconds(60), {});
  EXPECT_LT(Clock::now() - began, seconds(60));
  EXPECT_TRUE(net::listen_tcp(port));
  other.join();
}

TEST(FreePorts, AreNotLookedAtWhereNoneIsNamed) {
  auto reverse = wish_at(1);
  reverse.reverse = true;
  auto strange = wish_at(1);
  strange.addresses = {"no address"};
  const auto began = Clock::now();
  wait_for_free_ports({wish_at(0), ForwardWish{.target = {.port = 1}}, reverse, strange},
                      seconds(60), {});
  EXPECT_LT(Clock::now() - began, seconds(60));
}

}  // namespace
}  // namespace fairlead::server
