#include "support/wait.hpp"
#include "unit/ports/relay_fixture.hpp"

#include <fairlead/relay_wish.hpp>

#include <filesystem>
#include <fstream>

namespace fairlead::ports::test {
namespace {

using fairlead::test::wait_until;

std::pair<UniqueFd, UniqueFd> socket_pair() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

class RelayLend : public ::testing::Test {
 protected:
  std::unique_ptr<RelaySession> borrow() {
    auto [ours, theirs] = socket_pair();
    session_->lend(std::move(theirs));
    UniqueFd other(::fcntl(ours.get(), F_DUPFD_CLOEXEC, 0));
    return RelaySession::over(std::move(ours), std::move(other), patience);
  }
  static std::string said(RelaySession& session, const std::vector<std::string>& argv) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const UniqueFd read_end(ends[0]);
    const auto command = session.run({.argv = argv, .out = UniqueFd(ends[1])});
    auto text = read_all(read_end.get());
    EXPECT_EQ(command->wait({}), 0);
    return text;
  }
  static bool lives(pid_t pid) { return ::kill(pid, 0) == 0; }

  RelayProcess relay_;
  std::unique_ptr<RelaySession> session_ = relay_.session();
};

TEST_F(RelayLend, IsASessionOfItsOwn) {
  const auto first = borrow();
  const auto second = borrow();
  EXPECT_EQ(said(*first, {"echo", "one"}), "one\n");
  EXPECT_EQ(said(*second, {"echo", "two"}), "two\n");
  first->close();
  EXPECT_EQ(said(*second, {"echo", "still"}), "still\n");
  EXPECT_EQ(said(*session_, {"echo", "itself"}), "itself\n");
}

TEST_F(RelayLend, SaysWhetherAnybodyHasOne) {
  EXPECT_FALSE(session_->lends());
  const auto first = borrow();
  const auto second = borrow();
  EXPECT_TRUE(session_->lends());
  first->close();
  EXPECT_EQ(said(*second, {"echo", "two"}), "two\n");
  EXPECT_TRUE(session_->lends());
  second->close();
  EXPECT_TRUE(wait_until(patience, [&] { return !session_->lends(); }));
}

TEST_F(RelayLend, EndsItsCommandsWithTheBorrower) {
  auto borrowed = borrow();
  const auto command =
      borrowed->run({.argv = {"sh", "-c", "trap '' HUP; exec sleep 300"}, .in = {}});
  const auto pid = std::stoi(said(*borrowed, {"sh", "-c", "echo $PPID"}));
  borrowed->close();
  EXPECT_TRUE(wait_until(patience, [&] { return !lives(pid); }));
}

TEST_F(RelayLend, EndsWithItsLender) {
  const auto borrowed = borrow();
  const auto pid = std::stoi(said(*borrowed, {"sh", "-c", "echo $PPID"}));
  session_->close();
  EXPECT_TRUE(wait_until(patience, [&] { return !borrowed->alive(); }));
  EXPECT_TRUE(wait_until(patience, [&] { return !lives(pid); }));
}

TEST_F(RelayLend, SaysSoWhenTheLenderIsKilled) {
  const auto borrowed = borrow();
  ::kill(relay_.pid, SIGKILL);
  EXPECT_TRUE(wait_until(patience, [&] { return !borrowed->alive(); }));
}

TEST(RelayWish, IsHeardAndAnswered) {
  const auto [client, server] = socket_pair();
  const RelayWish wish{.backend = "docker", .instance = "abc", .user = "a b"};
  const std::jthread other([&wish, &server = server] {
    EXPECT_EQ(hear_relay_wish(server, patience), wish);
    EXPECT_TRUE(answer_relay_wish(server, true));
    EXPECT_EQ(hear_relay_wish(server, patience), wish);
    EXPECT_TRUE(answer_relay_wish(server, false));
  });
  EXPECT_TRUE(ask_for_relay(client, wish, patience));
  EXPECT_FALSE(ask_for_relay(client, wish, patience));
}

TEST(RelayWish, IsNoNonsense) {
  for (const std::string text :
       {"", "\n\n", "GET / HTTP/1.1\r\n\n\n", "fairlead relay 2\na\nb\nc\n\n",
        "fairlead relay 1\na\n\n", "fairlead relay 1\na\nb\nc\nd\n\n"}) {
    auto [client, server] = socket_pair();
    write_all(client.get(), text);
    ::shutdown(client.get(), SHUT_WR);
    EXPECT_FALSE(hear_relay_wish(server, patience)) << text;
  }
  const auto [client, server] = socket_pair();
  EXPECT_FALSE(hear_relay_wish(server, std::chrono::milliseconds(1)));
  EXPECT_FALSE(ask_for_relay(client, {.backend = "a\nb", .instance = {}, .user = {}}, patience));
}

}  // namespace
}  // namespace fairlead::ports::test
