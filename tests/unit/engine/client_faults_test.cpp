// Faults that a real engine cannot be made to show: a socket that answers what the test says.

#include "exec_signal.hpp"

#include <fairlead/engine/client.hpp>
#include <fairlead/engine/own_call.hpp>
#include <fairlead/engine/relay.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

namespace fairlead::engine {
namespace {

using namespace std::chrono_literals;

/// Answers each connection with the next of its scripts, then closes it.
class FakeEngine {
 public:
  explicit FakeEngine(std::vector<std::string> scripts) : scripts_(std::move(scripts)) {}

  Client client() {
    Endpoint endpoint;
    endpoint.socket = "/fake";
    return {endpoint, [this](const Endpoint&, const sdk::Call&) { return connect(); }};
  }
  int connections() const { return connections_; }

 private:
  UniqueFd connect() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    const auto index = static_cast<std::size_t>(connections_++);
    threads_.emplace_back([end = UniqueFd(ends[1]), script = scripts_.at(index)] {
      std::array<char, 4096> buffer;
      (void)!::recv(end.get(), buffer.data(), buffer.size(), 0);
      (void)!::send(end.get(), script.data(), script.size(), MSG_NOSIGNAL);
    });
    return UniqueFd(ends[0]);
  }

  std::vector<std::string> scripts_;
  std::atomic<int> connections_ = 0;
  std::vector<std::jthread> threads_;
};

const ApiRequest ping{{.target = "/_ping"}, {}};

std::string code_of(std::vector<std::string> scripts) {
  FakeEngine engine(std::move(scripts));
  auto client = engine.client();
  const OwnCall own(10s);
  try {
    client.send(ping, own.call());
    return "";
  } catch (const Error& error) {
    return error.code();
  }
}

TEST(Client, SaysThatTheEngineIsGone) {
  EXPECT_EQ(code_of({""}), "engine.gone");
  EXPECT_EQ(code_of({"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"}), "engine.gone");
  EXPECT_EQ(code_of({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}),
            "engine.gone");
  EXPECT_EQ(code_of({"HTTP/1.1 200"}), "engine.gone");
}

TEST(Client, SaysThatNoEngineAnswers) {
  EXPECT_EQ(code_of({"SSH-2.0-OpenSSH_9.2\r\n"}), "engine.gone");
  EXPECT_EQ(code_of({std::string(100'000, 'x')}), "engine.gone");
}

TEST(Client, ReadsEveryFraming) {
  const OwnCall own(10s);
  for (const char* answer : {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nO\r\n"
                             "1;x=y\r\nK\r\n0\r\n\r\n",
                             "HTTP/1.0 200 OK\r\n\r\nOK",
                             "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                             "\r\nOK"}) {
    FakeEngine engine({answer});
    EXPECT_EQ(engine.client().send(ping, own.call()).body, "OK") << answer;
  }
}

TEST(Client, ConnectsAnewWhenAKeptConnectionWasClosed) {
  FakeEngine engine({"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"});
  auto client = engine.client();
  const OwnCall own(10s);
  EXPECT_EQ(client.send(ping, own.call()).status, 204U);
  EXPECT_EQ(client.send(ping, own.call()).status, 204U);
  EXPECT_EQ(engine.connections(), 2);
}

TEST(Client, OpensConnectionsAheadOnce) {
  const std::string answer = "HTTP/1.1 204 No Content\r\n\r\n";
  FakeEngine engine({answer, answer, answer});
  auto client = engine.client();
  const OwnCall own(10s);
  client.open_ahead(own.call());
  client.open_ahead(own.call());
  EXPECT_EQ(engine.connections(), 3);
  EXPECT_EQ(client.send(ping, own.call()).status, 204U);
  EXPECT_EQ(engine.connections(), 3);
}

TEST(Client, DialsOnceWhereNobodyAnswers) {
  int dialed = 0;
  Client client(Endpoint{.socket = "/none"}, [&](const Endpoint&, const sdk::Call&) -> UniqueFd {
    ++dialed;
    throw Error(Status::unavailable, "host.dial", "nobody");
  });
  const OwnCall own(10s);
  EXPECT_THROW(client.open_ahead(own.call()), Error);
  EXPECT_EQ(dialed, 1);
}

TEST(ExecSignal, WaitsForNoExecThatWasNeverAskedToStart) {
  const std::string body = R"({"Running": false, "ExitCode": null, "Pid": 0})";
  FakeEngine engine(
      {"HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body});
  auto client = engine.client();
  end_exec(client, {"e", ""}, false);
  EXPECT_EQ(engine.connections(), 1);
}

TEST(Client, GivesUpWhenItsCallIsOver) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const UniqueFd silent(ends[1]);
  Client client(Endpoint{}, [&](const Endpoint&, const sdk::Call&) { return UniqueFd(ends[0]); });
  const OwnCall own(50ms);
  try {
    client.send(ping, own.call());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::cancelled);
  }
}

TEST(Client, ReadsTheReasonOfARefusedUpload) {
  FakeEngine engine(
      {"HTTP/1.1 404 Not Found\r\nContent-Length: 31\r\n\r\n"
       "{\"message\":\"No such container:\"}"});
  auto client = engine.client();
  const OwnCall own(10s);
  std::size_t sent = 0;
  const BodySource endless = [&](char* data, std::size_t size) {
    std::fill_n(data, size, 'x');
    sent += size;
    return sent > (64U << 20U) ? std::size_t{0} : size;
  };
  try {
    client.send({{.method = "PUT", .target = "/x", .source = endless}, {SubjectKind::instance, ""}},
                own.call());
    FAIL();
  } catch (const Error& error) {
    // A peer that closes with data unread may reset the connection before its answer is read.
    EXPECT_TRUE(error.code() == "instance.not_found" || error.code() == "engine.gone");
  }
  EXPECT_LT(sent, 64U << 20U);
}

TEST(Relay, SaysThatTheStreamBrokeOff) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  ::close(ends[1]);
  RawStream stream{plain_transport(UniqueFd(ends[0])), std::string("\1\0\0\0\0\0\0\5ab", 10)};
  const OwnCall own(10s);
  EXPECT_THROW(relay(stream, {}, own.call()), Error);
}

TEST(Relay, TellsThatNobodyReads) {
  std::array<int, 2> ends{};
  std::array<int, 2> output{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  ASSERT_EQ(::pipe2(output.data(), O_CLOEXEC), 0);
  ::close(output[0]);
  const UniqueFd engine(ends[1]);
  RawStream stream{plain_transport(UniqueFd(ends[0])), std::string("\1\0\0\0\0\0\0\2ab", 10)};
  RelayEnds out;
  out.out = UniqueFd(output[1]);
  const OwnCall own(10s);
  EXPECT_EQ(relay(stream, std::move(out), own.call()), RelayResult::output_closed);
}

}  // namespace
}  // namespace fairlead::engine
