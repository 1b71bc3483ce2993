// Clients of the protocol in the background process.

#include "guests.hpp"

#include "framing.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

namespace fairlead::rpc {
namespace {

class NoLog final : public EventSink {
  void on_event(const LogEvent& /*event*/) override {}
};

/// A client that speaks text.
class SocketUser {
 public:
  explicit SocketUser(const server::Place& place)
      : socket_(server::connect_to(place, protocol_socket)) {}

  bool connected() const { return static_cast<bool>(socket_); }
  void say(const std::string& message) const {
    const auto bytes = frame(message);
    ASSERT_EQ(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  /// The next message; empty: none within half a minute, or hung up.
  std::string hear() {
    for (;;) {
      if (const auto message = frames_.next()) return *message;
      pollfd ready{socket_.get(), POLLIN, 0};
      std::array<char, 4096> piece{};
      if (::poll(&ready, 1, 30000) <= 0) return {};
      const auto got = ::read(socket_.get(), piece.data(), piece.size());
      if (got <= 0) return {};
      frames_.append({piece.data(), static_cast<std::size_t>(got)});
    }
  }
  std::string initialize() {
    say(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})");
    return hear();
  }

 private:
  UniqueFd socket_;
  FrameReader frames_;
};

class RpcSocket : public testing::Test {
 protected:
  RpcSocket() {
    std::string name = testing::TempDir() + "fl-rpc-XXXXXX";
    place_.runtime = ::mkdtemp(name.data());
    place_.state = place_.runtime;
  }
  ~RpcSocket() override {
    stop();
    std::filesystem::remove_all(place_.runtime);
  }

  /// A process that serves, as a thread; returns when clients can connect or another one serves.
  std::jthread serving(std::chrono::milliseconds idle = std::chrono::minutes(5)) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const UniqueFd reader(ends[0]);
    std::jthread thread([this, idle, fd = UniqueFd(ends[1])](const std::stop_token& stop) mutable {
      server::serve({.place = place_,
                     .version = "1",
                     .idle = idle,
                     .guests = guests(cli::Session()),
                     .ready = std::move(fd)},
                    log_, stop);
    });
    char byte = 0;
    EXPECT_GE(::read(reader.get(), &byte, 1), 0);
    return thread;
  }
  void start() { serving_ = serving(); }
  void stop() {
    serving_.request_stop();
    if (serving_.joinable()) serving_.join();
  }

  NoLog log_;
  server::Place place_;
  std::jthread serving_;
};

TEST_F(RpcSocket, ServesManyClientsAtOnce) {
  start();
  std::vector<std::unique_ptr<SocketUser>> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(std::make_unique<SocketUser>(place_));
  for (auto& client : clients) {
    EXPECT_NE(client->initialize().find("\"protocolVersion\":1"), std::string::npos);
  }
  for (auto& client : clients) {
    client->say(R"({"jsonrpc":"2.0","id":2,"method":"rpc.discover","params":{}})");
  }
  for (auto& client : clients) EXPECT_NE(client->hear().find("\"openrpc\""), std::string::npos);
}

TEST_F(RpcSocket, IsTheUsersOwn) {
  start();
  struct stat info {};
  for (const auto* name : {protocol_socket, streams_socket}) {
    ASSERT_EQ(::stat((place_.runtime + '/' + name).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
  }
}

TEST_F(RpcSocket, IsServedOnceWhoeverStartsTwo) {
  start();
  auto second = serving();
  second.join();  // it ends by itself: the first one serves
  EXPECT_FALSE(SocketUser(place_).initialize().empty());
}

TEST_F(RpcSocket, OutlivesAClientThatTalksNonsense) {
  start();
  SocketUser other(place_);
  {
    SocketUser rude(place_);
    rude.say("{{{");
    EXPECT_NE(rude.hear().find("-32700"), std::string::npos);
  }
  EXPECT_FALSE(other.initialize().empty());
}

TEST_F(RpcSocket, HangsUpAndGoesWhenItStops) {
  start();
  SocketUser client(place_);
  client.initialize();
  stop();
  EXPECT_EQ(client.hear(), "");
  EXPECT_FALSE(SocketUser(place_).connected());
}

TEST_F(RpcSocket, TakesThePlaceOfOneThatWasKilled) {
  { const auto left_behind = server::listen_at(place_, protocol_socket); }
  start();
  EXPECT_FALSE(SocketUser(place_).initialize().empty());
}

}  // namespace
}  // namespace fairlead::rpc
