// A relay that waits at a port for whoever knows the word.

#include "relay_fixture.hpp"
#include "sockets.hpp"

#include <condition_variable>
#include <mutex>

namespace fairlead::ports::test {
namespace {

class RelayDoorTest : public ::testing::Test {
 protected:
  RelayDoorTest() {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) return;
    const UniqueFd to(in[1]);
    said_ = UniqueFd(out[0]);
    command_ = session_->run(
        {.argv = {"/proc/self/exe", "door"}, .in = UniqueFd(in[0]), .out = UniqueFd(out[1])});
    EXPECT_EQ(::write(to.get(), word_.data(), word_.size()), static_cast<ssize_t>(word_.size()));
    std::string line;
    while (!line.ends_with('\n')) {
      const auto byte = read_some(said_.get(), 1);
      if (byte.empty()) break;
      line += byte;
    }
    port_ = line.empty() ? 0 : std::stoi(line);
  }

  const std::string word_ = pattern(32);
  RelayProcess relay_;
  std::unique_ptr<RelaySession> session_ = relay_.session();
  std::unique_ptr<RelayCommand> command_;
  UniqueFd said_;
  int port_ = 0;
};

TEST_F(RelayDoorTest, LetsInWhoKnowsTheWordAndNobodyElse) {
  ASSERT_GT(port_, 0);
  const auto silent = connect_tcp(port_);
  const auto wrong = connect_tcp(port_);
  send_all(wrong, std::string(word_.size(), 'x'));
  EXPECT_EQ(receive_all(wrong), "");
  auto right = connect_tcp(port_);
  send_all(right, word_.substr(0, 7));
  send_all(right, word_.substr(7));
  UniqueFd other(::fcntl(right.get(), F_DUPFD_CLOEXEC, 0));
  const auto quick = RelaySession::over(std::move(right), std::move(other), patience);
  EXPECT_EQ(receive_all(silent), "");
  EXPECT_FALSE(connect_tcp(port_));  // once, and never again
  const Server server(AF_INET, echo_back);
  const auto client = quick->dial({.port = server.port}, {.timeout = patience});
  const auto sent = pattern(3 << 20);
  std::thread writer([&] {
    write_all(client.get(), sent);
    ::shutdown(client.get(), SHUT_WR);
  });
  EXPECT_TRUE(read_all(client.get()) == sent);
  writer.join();
}

TEST_F(RelayDoorTest, EndsWithTheSessionThatAskedForIt) {
  ASSERT_GT(port_, 0);
  auto right = connect_tcp(port_);
  send_all(right, word_);
  UniqueFd other(::fcntl(right.get(), F_DUPFD_CLOEXEC, 0));
  const auto quick = RelaySession::over(std::move(right), std::move(other), patience);
  command_.reset();
  session_.reset();
  for (int i = 0; i < 3000 && quick->alive(); ++i) ::poll(nullptr, 0, 10);
  EXPECT_FALSE(quick->alive());
}

TEST_F(RelayDoorTest, IsNoPortOfTheUsers) {
  ASSERT_GT(port_, 0);
  std::mutex mutex;
  std::condition_variable changed;
  bool complete = false;
  bool told = false;
  session_->watch_listeners([&](const ListenerEvent& event) {
    const std::lock_guard lock(mutex);
    told = told || event.listener.port == port_;
    complete = complete || event.kind == ListenerEvent::Kind::complete;
    changed.notify_all();
  });
  std::unique_lock lock(mutex);
  EXPECT_TRUE(changed.wait_for(lock, patience, [&] { return complete; }));
  EXPECT_FALSE(told);
  lock.unlock();
  session_->watch_listeners(nullptr);
}

}  // namespace
}  // namespace fairlead::ports::test
