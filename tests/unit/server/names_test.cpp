#include <gtest/gtest.h>
#include <server/http_head.hpp>
#include <server/names.hpp>

namespace fairlead::server {
namespace {

ForwardInfo forward(const std::string& host, int port, int local) {
  ForwardInfo info;
  info.target = {.host = host, .port = port};
  info.address = "127.0.0.1";
  info.port = local;
  return info;
}

EnvironmentForwards environment(const std::string& folder, const std::string& key,
                                std::vector<ForwardInfo> forwards = {}) {
  return {.key = key, .folder = folder, .forwards = std::move(forwards)};
}

int local_port(const std::vector<EnvironmentForwards>& all, const std::string& name) {
  const auto found = find_by_name(all, name);
  return found ? found->port : 0;
}

TEST(Names, AreWhatMayStandInAHostName) {
  const auto name = [](const std::string& folder) {
    const auto one = environment(folder, "k");
    return name_of(one, {one});
  };
  EXPECT_EQ(name("/home/me/My App_2"), "my-app-2");
  EXPECT_EQ(name("/home/me/--x--"), "x");
  EXPECT_EQ(name("/home/me/ä"), "environment");
  EXPECT_EQ(name("/p/" + std::string(100, 'a')), std::string(40, 'a'));
}

TEST(Names, TellWorkspacesOfOneNameApart) {
  const std::vector<EnvironmentForwards> all = {
      environment("/a/app", "1234abcd", {forward("localhost", 8080, 1)}),
      environment("/b/app", "5678abcd", {forward("localhost", 8080, 2)}),
      environment("/b/other", "9999", {forward("localhost", 8080, 3)})};
  EXPECT_EQ(local_port(all, "8080.app-1234"), 1);
  EXPECT_EQ(local_port(all, "8080.app-5678"), 2);
  EXPECT_EQ(local_port(all, "8080.other"), 3);
  EXPECT_EQ(local_port(all, "8080.app"), 0);
}

TEST(Names, MeanPortsAndServices) {
  auto reverse = forward("localhost", 9000, 9);
  reverse.reverse = true;
  auto socket = forward("localhost", 0, 8);
  socket.target.socket = "/run/x.sock";
  const std::vector<EnvironmentForwards> all = {
      environment("/a/app", "k",
                  {forward("localhost", 3000, 1), forward("Web", 81, 3), forward("Web", 80, 2),
                   reverse, socket})};
  EXPECT_EQ(local_port(all, "3000.app"), 1);
  EXPECT_EQ(local_port(all, "3000.APP"), 1);
  EXPECT_EQ(local_port(all, "web.app"), 2);
  EXPECT_EQ(local_port(all, "81.web.app"), 3);
  for (const char* none : {"80.app", "9000.app", "app", "", ".app", "3000.ap", "3000..app"}) {
    EXPECT_EQ(local_port(all, none), 0) << none;
  }
}

TEST(Names, StandBeforeLocalhostOnly) {
  EXPECT_EQ(name_in_host("8080.App.localhost:7070"), "8080.app");
  EXPECT_EQ(name_in_host("8080.app.localhost."), "8080.app");
  for (const char* other : {"", "localhost", "127.0.0.1:7070", "8080.app.example", "[::1]:7070",
                            "app.localhost.example", "app.localhost:70:70", "app.localhost:x"}) {
    EXPECT_FALSE(name_in_host(other)) << other;
  }
}

TEST(HttpHead, IsPassedOnWithoutWhatIsOfTheConnection) {
  HttpHead head;
  const std::string text =
      "POST /a?b HTTP/1.1\r\nHost: x.localhost\r\nConnection: keep-alive\r\nContent-Length: 2\r\n"
      "X: y\r\n\r\n";
  ASSERT_EQ(read_head(text + "hi", head), HeadState::complete);
  EXPECT_EQ(head.size, text.size());
  EXPECT_EQ(head.host, "x.localhost");
  EXPECT_EQ(head.passed,
            "POST /a?b HTTP/1.1\r\nHost: x.localhost\r\nContent-Length: 2\r\nX: y\r\n\r\n");
  EXPECT_TRUE(head.keep);
  EXPECT_EQ(head.body.end, BodyKind::End::after_bytes);
  EXPECT_EQ(head.body.bytes, 2U);
}

TEST(HttpHead, SaysWhenTheConnectionIsToEnd) {
  HttpHead head;
  const std::string host = "Host: x.localhost\r\n";
  read_head("GET / HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n", head);
  EXPECT_EQ(head.passed, "GET / HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n");
  read_head("GET / HTTP/1.0\r\n" + host + "\r\n", head);
  EXPECT_EQ(head.passed, "GET / HTTP/1.0\r\n" + host + "\r\n");
  EXPECT_FALSE(head.keep);
  read_head("GET / HTTP/1.0\r\n" + host + "Connection: keep-alive\r\n\r\n", head);
  EXPECT_TRUE(head.keep);
}

/// Where its body ends must be known, or another request could hide in it.
TEST(HttpHead, RefusesBodiesWithoutAnEnd) {
  HttpHead head;
  for (const char* fields :
       {"Transfer-Encoding: gzip\r\n", "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n"}) {
    EXPECT_EQ(read_head("POST / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n", head),
              HeadState::faulty)
        << fields;
  }
}

TEST(HttpHead, LetsAWebSocketBe) {
  HttpHead head;
  const std::string text =
      "GET / HTTP/1.1\r\nHost: x.localhost\r\nConnection: keep-alive, Upgrade\r\n"
      "Upgrade: websocket\r\nSec-WebSocket-Key: a\r\n\r\n";
  ASSERT_EQ(read_head(text, head), HeadState::complete);
  EXPECT_EQ(head.passed, text);
}

TEST(HttpHead, WaitsForItsEndAndKnowsNonsense) {
  HttpHead head;
  const std::string text = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_EQ(read_head(text.substr(0, i), head), HeadState::incomplete) << i;
  }
  for (const char* nonsense : {"\x16\x03\x01 hello there, this is TLS\r\n\r\n", "GET\r\n\r\n",
                               "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nX\r\n\r\n"}) {
    EXPECT_EQ(read_head(nonsense, head), HeadState::faulty) << nonsense;
  }
  EXPECT_EQ(read_head("GET /" + std::string(70000, 'a'), head), HeadState::faulty);
}

TEST(HttpHead, WithTwoHostsHasNone) {
  HttpHead head;
  ASSERT_EQ(read_head("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", head), HeadState::complete);
  EXPECT_EQ(head.host, "");
}

}  // namespace
}  // namespace fairlead::server
