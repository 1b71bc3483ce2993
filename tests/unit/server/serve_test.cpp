#include "support/wait.hpp"
#include "unit/ports/sockets.hpp"

#include <fairlead/error.hpp>
#include <fairlead/relay_wish.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <server/client.hpp>
#include <server/forwards_file.hpp>
#include <server/serve.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <fstream>
#include <memory>
#include <thread>

namespace fairlead::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds patience{30};

class Silent : public EventSink {
 public:
  void on_event(const LogEvent&) override {}
};

class ServeTest : public ::testing::Test {
 protected:
  /// A server in a thread of this process.
  struct Running {
    std::atomic<bool> ended{false};
    std::jthread thread;
  };
  std::unique_ptr<Running> serve_here(const std::string& version = "1.0.0",
                                      milliseconds idle = patience) {
    auto running = std::make_unique<Running>();
    std::array<int, 2> ready{};
    EXPECT_EQ(::pipe(ready.data()), 0);
    running->thread = std::jthread([this, raw = running.get(), version, idle,
                                    fd = ready[1]](const std::stop_token& stop) {
      serve({.place = place_, .version = version, .idle = idle, .ready = UniqueFd(fd)}, log_, stop);
      raw->ended = true;
    });
    char byte = 0;
    const UniqueFd read_end(ready[0]);
    EXPECT_EQ(::read(read_end.get(), &byte, 1), 1);
    return running;
  }
  std::optional<Client> connect() { return Client::connect(place_, {}); }
  static bool ends(const Running& running) {
    return test::wait_until(patience, [&] { return running.ended.load(); });
  }

  ports::test::Folder folder_;
  Place place_{.runtime = folder_.below("run"), .state = folder_.below("state")};
  Silent log_;
};

TEST_F(ServeTest, AnswersItsUserAlone) {
  const auto server = serve_here();
  const auto client = connect();
  ASSERT_TRUE(client);
  EXPECT_EQ(client->version(), "1.0.0");
  EXPECT_EQ(client->pid(), ::getpid());
  struct stat info {};
  ASSERT_EQ(::stat((place_.runtime + "/server.sock").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat(place_.runtime.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
}

TEST_F(ServeTest, IsTheOnlyOne) {
  const auto first = serve_here("1.0.0");
  const auto second = serve_here("2.0.0");
  EXPECT_TRUE(ends(*second));
  EXPECT_EQ(connect()->version(), "1.0.0");
}

TEST_F(ServeTest, EndsWhenItIsIdle) {
  const auto server = serve_here("1.0.0", milliseconds(1));
  EXPECT_TRUE(ends(*server));
  EXPECT_FALSE(connect());
}

TEST_F(ServeTest, EndsWhenItIsTold) {
  const auto server = serve_here();
  auto client = connect();
  ASSERT_TRUE(client);
  client->stop_server(false, {});
  EXPECT_TRUE(ends(*server));
  EXPECT_FALSE(connect());
}

TEST_F(ServeTest, TakesThePlaceOfOneThatWasKilled) {
  std::filesystem::create_directories(place_.runtime);
  ::chmod(place_.runtime.c_str(), 0700);
  std::ofstream(place_.runtime + "/server.sock") << "left behind";
  const auto server = serve_here();
  EXPECT_TRUE(connect());
}

TEST_F(ServeTest, ListsNothingAtFirst) {
  const auto server = serve_here();
  auto client = connect();
  ASSERT_TRUE(client);
  EXPECT_TRUE(client->list(std::nullopt, {}).empty());
}

TEST_F(ServeTest, HangsUpOnNonsense) {
  const auto server = serve_here();
  const auto socket = connect_to(place_);
  ports::test::send_all(socket, "GET / HTTP/1.1\r\n\r\n");
  const auto answer = ports::test::receive_all(socket);
  EXPECT_TRUE(answer.empty() || answer == "<reset>") << answer;
  EXPECT_TRUE(connect());
}

TEST_F(ServeTest, SaysWhatIsWrongWithARequest) {
  const auto server = serve_here();
  Channel channel(connect_to(place_));
  const auto ask = [&](const std::string& text) {
    channel.send(text);
    return nlohmann::json::parse(channel.receive({}).value_or("{}"));
  };
  EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":7,"method":"no/such"})")["error"]["code"], -32601);
  EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":8,"method":5})")["id"], 8);
  EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":9,"method":"ports/forward"})")["error"]["data"]["code"],
            "server.protocol");
}

TEST_F(ServeTest, CancelsWhatNobodyWaitsFor) {
  const auto server = serve_here();
  Channel channel(connect_to(place_));
  // Waits for a change that never comes.
  channel.send(R"({"jsonrpc":"2.0","id":1,"method":"ports/change","params":{"seen":0}})");
  channel.send(R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}})");
  EXPECT_EQ(nlohmann::json::parse(channel.receive({}).value_or("{}"))["id"], 1);
}

TEST_F(ServeTest, LivesOnWhenClientsVanishInTheMiddle) {
  const auto server = serve_here();
  for (int i = 0; i < 20; ++i) {
    Channel channel(connect_to(place_));
    channel.send(R"({"jsonrpc":"2.0","id":1,"method":"ports/watch"})");
  }
  EXPECT_TRUE(connect());
}

/// What an older one forwarded is still to be forwarded when a newer one has taken its place.
TEST_F(ServeTest, HandsOverToANewerOne) {
  SavedForwards saved;
  // Only the one that does not answer: another engine of this machine would know of no container.
  saved.caller.options.environment = {
      {"HOME", folder_.path()}, {"DOCKER_HOST", "unix:///none"}, {"FAIRLEAD_BACKEND", "docker"}};
  saved.caller.selection.container_id = "of an engine that does not answer";
  saved.relay = true;
  saved.wishes = {
      {.target = {.port = 8080}, .local_port = 18080, .addresses = {"127.0.0.2", "::1"}}};
  std::filesystem::create_directories(place_.state);
  write_forwards(place_.forwards_file(), {saved});
  auto old = serve_here("1.9.0");
  std::unique_ptr<Running> next;
  std::jthread successor([&] {
    if (ends(*old)) next = serve_here("1.10.0");
  });
  const auto socket = place_.runtime + '/' + server_socket_name;
  auto client = Client::start(
      {.place = place_,
       .command = {"/bin/sh", "-c", "while ! test -S " + socket + "; do sleep 0.05; done", "sh"},
       .environment = {{"PATH", "/usr/bin:/bin"}},
       .version = "1.10.0"},
      {});
  successor.join();
  EXPECT_EQ(client.version(), "1.10.0");
  const auto kept = read_forwards(place_.forwards_file());
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_TRUE(kept[0].relay);
  ASSERT_EQ(kept[0].wishes.size(), 1U);
  EXPECT_EQ(kept[0].wishes[0].local_port, 18080);
  EXPECT_EQ(kept[0].wishes[0].addresses, (std::vector<std::string>{"127.0.0.2", "::1"}));
}

TEST_F(ServeTest, ServesTheClientsOfItsGuestsToTheirEndWhenItHandsOver) {
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  std::atomic<bool> ended{false};
  std::vector<Guest> guests;
  guests.push_back({.socket_name = "guest.sock", .serve = [](UniqueFd client, const auto& stop) {
                      while (!stop.stop_requested()) {
                        const auto word = ports::test::receive(client, 4);
                        if (word.empty()) return;
                        ports::test::send_all(client, word);
                      }
                    }});
  std::jthread old([&](const std::stop_token& stop) {
    serve({.place = place_,
           .version = "1.0.0",
           .idle = patience,
           .guests = guests,
           .ready = UniqueFd(ready[1])},
          log_, stop);
    ended = true;
  });
  char byte = 0;
  const UniqueFd read_end(ready[0]);
  ASSERT_EQ(::read(read_end.get(), &byte, 1), 1);
  auto guest = connect_to(place_, "guest.sock");
  ports::test::send_all(guest, "one.");
  EXPECT_EQ(ports::test::receive(guest, 4), "one.");
  connect()->stop_server(/*keep=*/true, {});
  const auto next = serve_here("2.0.0");  // has the place at once
  EXPECT_EQ(connect()->version(), "2.0.0");
  ports::test::send_all(guest, "two.");
  EXPECT_EQ(ports::test::receive(guest, 4), "two.");
  EXPECT_FALSE(ended);
  guest.reset();
  EXPECT_TRUE(test::wait_until(patience, [&] { return ended.load(); }));
}

TEST_F(ServeTest, LendsNoRelayThatItHasNot) {
  const auto server = serve_here();
  const auto socket = connect_to(place_, relay_socket_name);
  ASSERT_TRUE(socket);
  EXPECT_FALSE(ask_for_relay(socket, {.backend = "a", .instance = "b", .user = "c"}, patience));
}

TEST_F(ServeTest, RefusesAFolderThatOthersMayWriteTo) {
  std::filesystem::create_directories(place_.runtime);
  ::chmod(place_.runtime.c_str(), 0777);
  EXPECT_THROW(take_lock(place_), Error);
  EXPECT_THROW(connect_to(place_), Error);
}

}  // namespace
}  // namespace fairlead::server
