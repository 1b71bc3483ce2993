#include "relay_fixture.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <future>

namespace fairlead::ports::test {
namespace {

class RelaySessionTest : public testing::Test {
 protected:
  void SetUp() override { session = relay.session(); }
  UniqueFd dial(int port, const std::string& host = "127.0.0.1") {
    return session->dial({.host = host, .port = port}, {.timeout = patience});
  }

  RelayProcess relay;
  std::unique_ptr<RelaySession> session;
};

std::string code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return "nothing";
}

// PORT-001
TEST_F(RelaySessionTest, ReachesServersOnBothLoopbackAddresses) {
  const auto hello = [](int fd) { write_all(fd, "hello"); };  // speaks first
  const Server v4(AF_INET, hello);
  const Server v6(AF_INET6, hello);
  EXPECT_EQ(read_all(dial(v4.port).get()), "hello");
  EXPECT_EQ(read_all(dial(v6.port, "::1").get()), "hello");
  EXPECT_EQ(read_all(dial(v4.port, "localhost").get()), "hello");
  EXPECT_EQ(read_all(dial(v6.port, "localhost").get()), "hello");
}

TEST_F(RelaySessionTest, PassesAHalfCloseOn) {
  const Server server(AF_INET, echo_back);
  const auto client = dial(server.port);
  ASSERT_TRUE(write_all(client.get(), "said before the end"));
  ::shutdown(client.get(), SHUT_WR);
  EXPECT_EQ(read_all(client.get()), "said before the end");
}

TEST_F(RelaySessionTest, KeepsEveryByteOf64MiBEachWay) {
  const auto sent = pattern(std::size_t{64} << 20U);
  const Server server(AF_INET, echo_back);
  const auto client = dial(server.port);
  std::thread writer([&] {
    write_all(client.get(), sent);
    ::shutdown(client.get(), SHUT_WR);
  });
  const auto received = read_all(client.get());
  writer.join();
  EXPECT_TRUE(received == sent) << received.size() << " bytes";
}

TEST_F(RelaySessionTest, SaysWhyATargetCannotBeReached) {
  Server gone(AF_INET, nullptr);
  const int port = gone.port;
  gone.stop_listening();
  EXPECT_EQ(code_of([&] { dial(port); }), "ports.refused");
  const auto unix_dial = [&] {
    session->dial({.socket = "/no/such/socket"}, {.timeout = patience});
  };
  EXPECT_EQ(code_of(unix_dial), "ports.socket");
  EXPECT_EQ(code_of([&] { dial(70000); }), "ports.address");
}

TEST_F(RelaySessionTest, LetsOthersPassWhenOneServerNeverReads) {
  Server silent(AF_INET, nullptr);
  const Server echo(AF_INET, echo_back);
  const auto stuck = dial(silent.port);
  ::fcntl(stuck.get(), F_SETFL, O_NONBLOCK | O_RDWR);
  const auto junk = pattern(1 << 16);
  pollfd ready{.fd = stuck.get(), .events = POLLOUT, .revents = 0};
  std::size_t swallowed = 0;
  while (::poll(&ready, 1, 300) == 1 && swallowed < (std::size_t{256} << 20U)) {
    const auto put = ::send(stuck.get(), junk.data(), junk.size(), MSG_NOSIGNAL);
    if (put > 0) swallowed += static_cast<std::size_t>(put);
  }
  EXPECT_LT(swallowed, std::size_t{64} << 20U) << "it is kept somewhere";
  const auto other = dial(echo.port);
  ASSERT_TRUE(write_all(other.get(), "still there"));
  ::shutdown(other.get(), SHUT_WR);
  EXPECT_EQ(read_all(other.get()), "still there");
}

TEST_F(RelaySessionTest, ServesManyConnectionsAtOnce) {
  const Server server(AF_INET, echo_back);
  std::vector<UniqueFd> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(dial(server.port));
  for (std::size_t i = 0; i < clients.size(); ++i) {
    write_all(clients[i].get(), std::to_string(i));
    ::shutdown(clients[i].get(), SHUT_WR);
  }
  for (std::size_t i = 0; i < clients.size(); ++i) {
    EXPECT_EQ(read_all(clients[i].get()), std::to_string(i));
  }
}

/// A TCP connection on this machine: its two ends.
std::pair<UniqueFd, UniqueFd> tcp_pair() {
  Server server(AF_INET, nullptr);
  UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(server.port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return {std::move(client), UniqueFd(server.accept())};
}

void close_with_reset(UniqueFd fd) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

TEST_F(RelaySessionTest, PassesAResetOfTheServerOn) {
  Server server(AF_INET, nullptr);
  auto [client, ours] = tcp_pair();
  std::promise<ConnectionEnd> ended;
  session->serve(std::move(ours), {.port = server.port},
                 [&](const ConnectionEnd& end) { ended.set_value(end); });
  write_all(client.get(), "x");
  UniqueFd accepted(server.accept());
  EXPECT_EQ(read_some(accepted.get(), 1), "x");
  close_with_reset(std::move(accepted));
  char c = 0;
  EXPECT_EQ(::read(client.get(), &c, 1), -1);
  EXPECT_EQ(errno, ECONNRESET);
  const auto end = ended.get_future().get();
  EXPECT_TRUE(end.reset);
  EXPECT_EQ(end.to_inside, 1U);
}

TEST_F(RelaySessionTest, PassesAResetOfTheClientOnAndCountsBytes) {
  Server server(AF_INET, nullptr);
  auto [client, ours] = tcp_pair();
  session->serve(std::move(ours), {.port = server.port}, nullptr);
  write_all(client.get(), "x");
  const UniqueFd accepted(server.accept());
  EXPECT_EQ(read_some(accepted.get(), 1), "x");
  close_with_reset(std::move(client));
  char c = 0;
  EXPECT_EQ(::read(accepted.get(), &c, 1), -1);
  EXPECT_EQ(errno, ECONNRESET);
}

TEST_F(RelaySessionTest, ResetsAServedSocketWhoseTargetRefuses) {
  Server gone(AF_INET, nullptr);
  const int port = gone.port;
  gone.stop_listening();
  auto [client, ours] = tcp_pair();
  std::promise<ConnectionEnd> ended;
  session->serve(std::move(ours), {.port = port},
                 [&](const ConnectionEnd& end) { ended.set_value(end); });
  const auto end = ended.get_future().get();
  ASSERT_TRUE(end.refused);
  EXPECT_EQ(end.refused->code(), "ports.refused");
  char c = 0;
  EXPECT_EQ(::read(client.get(), &c, 1), -1);
}

/// Collects what the watcher is told.
class Listened {
 public:
  void tell(const ListenerEvent& event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(event);
    changed_.notify_all();
  }
  std::optional<Listener> wait(ListenerEvent::Kind kind, int port) {
    std::optional<Listener> found;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [&] {
      for (const auto& event : events_) {
        if (event.kind == kind && event.listener.port == port) found = event.listener;
      }
      return found.has_value();
    });
    return found;
  }

  bool has(int port) {
    const std::lock_guard lock(mutex_);
    return std::any_of(events_.begin(), events_.end(),
                       [&](const ListenerEvent& event) { return event.listener.port == port; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ListenerEvent> events_;
};

// PORT-004
TEST_F(RelaySessionTest, TellsWhatListensAndWhoseItIs) {
  Listened listened;
  session->watch_listeners([&](const ListenerEvent& event) { listened.tell(event); });
  EXPECT_TRUE(listened.wait(ListenerEvent::Kind::complete, 0));
  Server server(AF_INET6, nullptr);
  const auto found = listened.wait(ListenerEvent::Kind::added, server.port);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->address, "::1");
  EXPECT_TRUE(found->ipv6);
  EXPECT_EQ(found->netns, 0U);
  EXPECT_EQ(found->pid, ::getpid());
  EXPECT_NE(found->process.find(program_invocation_short_name), std::string::npos);
  const int port = server.port;
  server.stop_listening();
  EXPECT_TRUE(listened.wait(ListenerEvent::Kind::removed, port));
  session->watch_listeners({});
}

TEST_F(RelaySessionTest, ListensInsideButDoesNotTellOfItself) {
  Listened listened;
  std::promise<UniqueFd> connected;
  const auto reverse = session->listen(
      {.port = 0}, [&](UniqueFd fd) { connected.set_value(std::move(fd)); }, {.timeout = patience});
  ASSERT_GT(reverse->port(), 0);
  session->watch_listeners([&](const ListenerEvent& event) { listened.tell(event); });
  const Server other(AF_INET, nullptr);
  EXPECT_TRUE(listened.wait(ListenerEvent::Kind::added, other.port));
  EXPECT_FALSE(listened.has(reverse->port()));
  const auto inside = dial(reverse->port());  // as a program inside would
  ASSERT_TRUE(write_all(inside.get(), "to the host"));
  ::shutdown(inside.get(), SHUT_WR);
  const auto here = connected.get_future().get();
  EXPECT_EQ(echo_back(here.get()), "to the host");
  ::shutdown(here.get(), SHUT_WR);
  EXPECT_EQ(read_all(inside.get()), "to the host");
}

TEST_F(RelaySessionTest, ListensOnAUnixSocketInsideAndRemovesIt) {
  const auto path = testing::TempDir() + "relay-" + std::to_string(::getpid()) + ".sock";
  std::promise<UniqueFd> connected;
  auto reverse =
      session->listen({.socket = path}, [&](UniqueFd fd) { connected.set_value(std::move(fd)); },
                      {.timeout = patience});
  EXPECT_EQ(code_of([&] { session->listen({.socket = path}, {}, {.timeout = patience}); }),
            "ports.taken");
  const auto inside = session->dial({.socket = path}, {.timeout = patience});
  write_all(inside.get(), "x");
  EXPECT_EQ(read_some(connected.get_future().get().get(), 1), "x");
  reverse.reset();
  for (int i = 0; i < 3000 && ::access(path.c_str(), F_OK) == 0; ++i) ::poll(nullptr, 0, 10);
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
}

TEST_F(RelaySessionTest, SaysThatTheRelayWasKilled) {
  Server server(AF_INET, nullptr);
  const auto open = dial(server.port);
  std::promise<std::string> gone;
  session->on_gone([&](const Error& why) { gone.set_value(why.code()); });
  ::kill(relay.pid, SIGKILL);
  EXPECT_EQ(gone.get_future().get(), "relay.gone");
  EXPECT_FALSE(session->alive());
  EXPECT_EQ(code_of([&] { dial(server.port); }), "relay.gone");
  EXPECT_EQ(read_all(open.get()), "");
}

TEST(RelayProgram, EndsWithItsStream) {
  RelayProcess relay;
  relay.session().reset();
  EXPECT_EQ(relay.wait(), 0);
}

TEST(RelayProgram, EndsWhenItIsToldNonsense) {
  for (const std::string_view nonsense :
       {std::string_view("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        std::string_view("fairlead\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff", 32),
        std::string_view("fairlead\7\0\7\0\0\0\0\0\0\0\0\0\0\0\0\0", 24)}) {
    RelayProcess relay;
    write_all(relay.stream.get(), nonsense);
    const int status = relay.wait();
    EXPECT_TRUE(WIFEXITED(status)) << status;
  }
}

TEST(RelayProgram, IsRefusedWhenItIsSomethingElse) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const UniqueFd other(ends[1]);
  write_all(other.get(), "bash: no such thing, and more than a greeting needs\n");
  EXPECT_EQ(
      code_of([&] { RelaySession::over(UniqueFd(ends[0]), UniqueFd(::dup(ends[0])), patience); }),
      "relay.start");
}

TEST(RelayProgram, IsSmallOnEveryMachine) {
  int programs = 0;
  for (const char* machine : {"x86_64", "aarch64"}) {
    struct stat info {};
    if (::stat(RelayProcess::program(machine).c_str(), &info) != 0) continue;
    EXPECT_LT(info.st_size, 400 * 1024) << machine;
    ++programs;
  }
  EXPECT_GE(programs, 1);
}

bool can_emulate() {
  return ::access(RelayProcess::program("aarch64").c_str(), X_OK) == 0 &&
         ::system("qemu-aarch64-static --version >/dev/null 2>&1") == 0;
}

/// Where the emulator or the compiler is missing this passes without a word of its own.
TEST(RelayProgram, WorksOnTheOtherMachine) {
  if (!can_emulate()) return;
  RelayProcess relay({"qemu-aarch64-static", RelayProcess::program("aarch64")});
  const auto session = relay.session();
  const Server server(AF_INET, echo_back);
  const auto client = session->dial({.port = server.port}, {.timeout = patience});
  const auto sent = pattern(1 << 20);
  std::thread writer([&] {
    write_all(client.get(), sent);
    ::shutdown(client.get(), SHUT_WR);
  });
  EXPECT_TRUE(read_all(client.get()) == sent);
  writer.join();
}

}  // namespace
}  // namespace fairlead::ports::test
