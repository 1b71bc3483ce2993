// The relay's protocol over pipes, as over an exec's streams: large frames are spliced there.

#include "relay_fixture.hpp"

#include <atomic>

namespace fairlead::ports::test {
namespace {

/// As in an environment: a pipe each way, where large frames are spliced.
class RelayBetweenPipes : public ::testing::Test {
 protected:
  RelayBetweenPipes() {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) return;
    const UniqueFd theirs_in(in[0]);
    const UniqueFd theirs_out(out[1]);
    auto program = RelayProcess::program();
    std::array<char, 6> word{'s', 'e', 'r', 'v', 'e', 0};
    std::array<char*, 3> argv{program.data(), word.data(), nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, theirs_in.get(), 0);
    ::posix_spawn_file_actions_adddup2(&actions, theirs_out.get(), 1);
    if (::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ) != 0) pid_ = -1;
    ::posix_spawn_file_actions_destroy(&actions);
    session_ = RelaySession::over(UniqueFd(out[0]), UniqueFd(in[1]), patience);
  }
  ~RelayBetweenPipes() override {
    session_.reset();
    if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
  }
  pid_t pid_ = -1;
  std::unique_ptr<RelaySession> session_;
};

TEST_F(RelayBetweenPipes, CarriesMuchBothWaysAtOnce) {
  const Server server(AF_INET, [](int fd) {
    std::array<char, 100000> buffer;
    for (ssize_t got = 0; (got = ::read(fd, buffer.data(), buffer.size())) > 0;) {
      if (!write_all(fd, {buffer.data(), static_cast<std::size_t>(got)})) return;
    }
    ::shutdown(fd, SHUT_WR);
  });
  const auto sent = pattern(40 << 20);
  std::vector<std::thread> clients;
  std::atomic<int> whole = 0;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back([&] {
      const auto client = session_->dial({.port = server.port}, {.timeout = patience});
      std::thread writer([&] {
        write_all(client.get(), sent);
        ::shutdown(client.get(), SHUT_WR);
      });
      if (read_all(client.get()) == sent) ++whole;
      writer.join();
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(whole, 3);
}

TEST_F(RelayBetweenPipes, LetsOthersGoOnBesideAClientThatDoesNotRead) {
  const auto much = pattern(8 << 20);
  const Server server(AF_INET, [&](int fd) { write_all(fd, much); });
  const auto deaf = session_->dial({.port = server.port}, {.timeout = patience});
  EXPECT_EQ(read_some(deaf.get(), 100'000).size(), 100'000U);
  for (int i = 0; i < 3; ++i) {
    const auto client = session_->dial({.port = server.port}, {.timeout = patience});
    EXPECT_TRUE(read_all(client.get()) == much) << i;
  }
  auto vanishing = session_->dial({.port = server.port}, {.timeout = patience});
  read_some(vanishing.get(), 1000);
  vanishing.reset();
  EXPECT_EQ(read_all(deaf.get()), much.substr(100'000));
}

TEST_F(RelayBetweenPipes, PassesTheOutputOfCommandsOn) {
  std::array<int, 2> out{};
  ASSERT_EQ(::pipe2(out.data(), O_CLOEXEC), 0);
  const UniqueFd reads(out[0]);
  const auto command =
      session_->run({.argv = {"head", "-c", "9000000", "/dev/zero"}, .out = UniqueFd(out[1])});
  EXPECT_EQ(read_all(reads.get()), std::string(9000000, '\0'));
  EXPECT_EQ(command->wait({}), 0);
}

}  // namespace
}  // namespace fairlead::ports::test
