#include "support/wait.hpp"
#include "unit/ports/sockets.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <server/name_proxy.hpp>

#include <chrono>
#include <filesystem>
#include <iterator>
#include <memory>
#include <thread>

namespace fairlead::server {
namespace {

namespace net = ports::test;

class NameProxyTest : public ::testing::Test {
 protected:
  /// What a client that asks for a host is told. PORT-014.
  std::string ask(const std::string& host, const std::string& more = {}, bool six = false) {
    const auto client = net::connect_tcp(proxy_.port(), six);
    net::send_all(client, "GET / HTTP/1.1\r\nHost: " + host + "\r\n" + more + "\r\n");
    return net::receive_all(client);
  }
  /// Answers one connection.
  std::jthread serve_once(const std::string& answer) {
    return std::jthread([this, answer] {
      const auto client = net::accept_one(listener_);
      while (!heard_.ends_with("\r\n\r\n")) {
        const auto byte = net::receive(client, 1);
        if (byte.empty()) return;
        heard_ += byte;
      }
      net::send_all(client, answer);
    });
  }

  UniqueFd listener_ = net::listen_tcp();
  std::string heard_;
  bool tls_ = false;
  NameProxy proxy_{20000 + static_cast<int>(::getpid() % 20000),
                   [this](const std::string& name) -> std::optional<NamedServer> {
                     if (name == "gone.app") return NamedServer{.address = "127.0.0.1", .port = 1};
                     if (name != "80.app") return std::nullopt;
                     return NamedServer{
                         .address = "127.0.0.1", .port = net::port_of(listener_), .tls = tls_};
                   }};
};

TEST_F(NameProxyTest, LeadsToTheServerOfTheName) {
  const auto server = serve_once("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_EQ(ask("80.app.localhost:7070"), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_EQ(heard_, "GET / HTTP/1.1\r\nHost: 80.app.localhost:7070\r\n\r\n");
}

/// Up to the end of a head, or of the connection.
std::string head_from(const UniqueFd& socket) {
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    const auto byte = net::receive(socket, 1);
    if (byte.empty()) break;
    head += byte;
  }
  return head;
}

std::string get(const std::string& path, const std::string& host = "80.app.localhost",
                const std::string& more = {}) {
  return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + more + "\r\n";
}

TEST_F(NameProxyTest, TakesSeveralRequestsOnOneConnection) {
  const std::jthread server([this] {
    const auto client = net::accept_one(listener_);
    for (const char* answer : {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none",
                               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "3;x=y\r\ntwo\r\n0\r\nTrailer: 1\r\n\r\n",
                               "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
                               "HTTP/1.1 100 Continue\r\n\r\n"}) {
      heard_ += head_from(client);
      net::send_all(client, answer);
    }
    EXPECT_EQ(net::receive(client, 4), "body");
    net::send_all(client, "HTTP/1.1 204 No Content\r\n\r\n");
  });
  const auto client = net::connect_tcp(proxy_.port());
  net::send_all(client, get("/1"));
  EXPECT_EQ(head_from(client), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(net::receive(client, 3), "one");
  net::send_all(client, get("/2") + get("/3"));  // the next one before the answer to the first
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;x=y\r\ntwo\r\n0\r\nTrailer: 1\r\n\r\n";
  EXPECT_EQ(net::receive(client, chunked.size()), chunked);
  EXPECT_EQ(head_from(client), "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n");
  net::send_all(client,
                get("/4", "80.app.localhost", "Content-Length: 4\r\nConnection: close\r\n"));
  EXPECT_EQ(head_from(client), "HTTP/1.1 100 Continue\r\n\r\n");
  net::send_all(client, "body");
  EXPECT_EQ(net::receive_all(client), "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST_F(NameProxyTest, RefusesUnknownHostsInLaterRequestsToo) {
  const std::jthread server([this] {
    const auto client = net::accept_one(listener_);
    head_from(client);
    net::send_all(client, "HTTP/1.1 204 No Content\r\n\r\n");
    EXPECT_EQ(net::receive_all(client), "");
  });
  const auto client = net::connect_tcp(proxy_.port());
  net::send_all(client, get("/") + get("/", "evil.example"));
  EXPECT_EQ(head_from(client), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_TRUE(net::receive_all(client).starts_with("HTTP/1.1 421 "));
}

TEST_F(NameProxyTest, EndsWhenTheServerSaysSo) {
  for (const std::string answer :
       {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.0 200 OK\r\n\r\nuntil the end"}) {
    const auto server = serve_once(answer);
    const auto client = net::connect_tcp(proxy_.port());
    net::send_all(client, get("/"));
    EXPECT_EQ(net::receive_all(client), answer);
    heard_.clear();
  }
}

TEST_F(NameProxyTest, PassesWhatIsRefusedBeforeItWasSaid) {
  const auto server = serve_once("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
  const auto client = net::connect_tcp(proxy_.port());
  net::send_all(client, get("/", "80.app.localhost", "Transfer-Encoding: chunked\r\n"));
  EXPECT_EQ(net::receive_all(client), "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
}

TEST_F(NameProxyTest, SaysThatTheServerSpeaksSomethingElse) {
  const auto server = serve_once("SSH-2.0-x\r\n\r\n");
  EXPECT_TRUE(ask("80.app.localhost").starts_with("HTTP/1.1 502 "));
}

TEST_F(NameProxyTest, AnswersAClientThatSaidItsLast) {
  const std::jthread server([this] {
    const auto there = net::accept_one(listener_);
    head_from(there);
    EXPECT_EQ(net::receive_all(there), "");
    net::send_all(there, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");
  });
  const auto client = net::connect_tcp(proxy_.port());
  net::send_all(client, get("/"));
  ::shutdown(client.get(), SHUT_WR);
  EXPECT_EQ(net::receive_all(client), "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

TEST_F(NameProxyTest, EndsForAClientThatIsGoneThoughTheServerIsSilent) {
  const auto before = open_descriptors();
  auto client = net::connect_tcp(proxy_.port());
  const int one_s = 1;  // that the kernel still answers for it
  ::setsockopt(client.get(), IPPROTO_TCP, TCP_LINGER2, &one_s, sizeof one_s);
  net::send_all(client, get("/"));
  auto there = net::accept_one(listener_);
  head_from(there);
  client.reset();
  EXPECT_EQ(net::receive_all(there), "");  // which a client that still listens would say, too
  EXPECT_TRUE(fairlead::test::wait_until(std::chrono::seconds(40),
                                         [&] { return open_descriptors() == before + 1; }));
}

TEST_F(NameProxyTest, ListensOnIpv6Too) {
  if (!net::listen_tcp(0, true)) return;  // no IPv6 here
  const auto server = serve_once("HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(ask("80.app.localhost", {}, true), "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST_F(NameProxyTest, RefusesUnknownHosts) {
  for (const char* host : {"81.app.localhost", "localhost", "127.0.0.1", "evil.example", ""}) {
    EXPECT_TRUE(ask(host).starts_with("HTTP/1.1 421 ")) << host;
  }
  EXPECT_TRUE(ask("80.app.localhost\r\nHost: 80.app.localhost").starts_with("HTTP/1.1 421 "));
}

TEST_F(NameProxyTest, SaysThatTheServerIsGone) {
  EXPECT_TRUE(ask("gone.app.localhost").starts_with("HTTP/1.1 502 "));
}

TEST_F(NameProxyTest, SaysThatTheServerDoesNotSpeakTls) {
  tls_ = true;
  const std::jthread server([this] {
    const auto client = net::accept_one(listener_);
    net::receive(client, 1);
    net::send_all(client, "HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  EXPECT_TRUE(ask("80.app.localhost").starts_with("HTTP/1.1 502 "));
}

TEST_F(NameProxyTest, PassesBodiesOfAnySize) {
  const auto server = serve_once("HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(ask("80.app.localhost", "Content-Length: 2000000\r\n"),
            "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST_F(NameProxyTest, LeavesATlsServerWithItsClient) {
  tls_ = true;
  auto client = net::connect_tcp(proxy_.port());
  net::send_all(client, "GET / HTTP/1.1\r\nHost: 80.app.localhost\r\n\r\n");
  const auto server = net::accept_one(listener_);
  const linger reset{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  const auto began = std::chrono::steady_clock::now();
  client.reset();
  net::receive_all(server);  // says nothing, which TLS alone would bear for long
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(15));
}

TEST_F(NameProxyTest, LetsWebSocketsPass) {
  const std::jthread server([this] {
    const auto client = net::accept_one(listener_);
    while (!heard_.ends_with("\r\n\r\n")) heard_ += net::receive(client, 1);
    net::send_all(client, "HTTP/1.1 101 Switching Protocols\r\n\r\n");
    net::send_all(client, net::receive(client, 4));  // as long as both want
    EXPECT_EQ(net::receive_all(client), "");
  });
  const auto client = net::connect_tcp(proxy_.port());
  net::send_all(client,
                "GET / HTTP/1.1\r\nHost: 80.app.localhost\r\nConnection: Upgrade\r\n"
                "Upgrade: websocket\r\n\r\n");
  EXPECT_EQ(net::receive(client, 36), "HTTP/1.1 101 Switching Protocols\r\n\r\n");
  net::send_all(client, "ping");
  EXPECT_EQ(net::receive(client, 4), "ping");
  ::shutdown(client.get(), SHUT_WR);
  EXPECT_EQ(net::receive_all(client), "");
}

TEST_F(NameProxyTest, TakesTheNextPortWhenOthersHaveIt) {
  const NameProxy second(proxy_.port(), [](const std::string&) { return std::nullopt; });
  EXPECT_GT(second.port(), proxy_.port());
}

TEST_F(NameProxyTest, EndsWithConnectionsOpen) {
  auto second =
      std::make_unique<NameProxy>(proxy_.port(), [](const std::string&) { return std::nullopt; });
  const auto idle = net::connect_tcp(second->port());
  net::send_all(idle, "GET / HT");
  second.reset();  // does not wait for the rest
  EXPECT_FALSE(net::receive_all(idle).ends_with("<timeout>"));
}

}  // namespace
}  // namespace fairlead::server
