// Several clients of one server on a socket.

#include "socket_server.hpp"

#include "framing.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <future>
#include <string>
#include <thread>

namespace fairlead::rpc {
namespace {

/// A client that speaks text.
class SocketUser {
 public:
  explicit SocketUser(const server::Place& place) : socket_(server::connect_to(place)) {}

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

  void start() {
    std::promise<void> ready;
    auto listening = ready.get_future();
    serving_ = std::jthread([this, &ready](const std::stop_token& stop) {
      serve_socket(place_, options_, stop, [&] { ready.set_value(); });
    });
    listening.get();
  }
  void stop() {
    serving_.request_stop();
    if (serving_.joinable()) serving_.join();
  }

  server::Place place_;
  ConnectionOptions options_;
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
  ASSERT_EQ(::stat(place_.socket_file().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(RpcSocket, IsServedOnce) {
  start();
  try {
    serve_socket(place_, options_, {}, [] { FAIL() << "two of them serve"; });
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "rpc.served");
    EXPECT_EQ(error.hint(), "Clients connect to " + place_.socket_file() + ".");
  }
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
  { const auto left_behind = server::listen_at(place_); }
  start();
  EXPECT_FALSE(SocketUser(place_).initialize().empty());
}

}  // namespace
}  // namespace fairlead::rpc
