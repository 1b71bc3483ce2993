#include "base/pipe.hpp"
#include "ports/relay_channels.hpp"
#include "relay_fixture.hpp"
#include "sockets.hpp"

#include <sys/stat.h>

#include <future>

namespace fairlead::ports::test {
namespace {

/// A relay's link by itself, so that no limit of a session's ends the wait for the relay.
class RelayEnd : public testing::Test {
 protected:
  static constexpr std::chrono::hours no_limit{1};

  void link(RelayProcess& relay) {
    ::fcntl(relay.stream.get(), F_SETFL, ::fcntl(relay.stream.get(), F_GETFL) | O_NONBLOCK);
    UniqueFd other(::fcntl(relay.stream.get(), F_DUPFD_CLOEXEC, 0));
    thread_->start(std::move(relay.stream), std::move(other));
    thread_->wait_for_greeting(patience, {});
  }
  /// The process id of one that runs and heeds no hang-up.
  pid_t deaf(std::unique_ptr<RelayCommand>& command) {
    const auto out = make_pipe();
    command = run_inside(thread_, {.argv = {"sh", "-c", "trap '' HUP; echo $$; exec sleep 4711"},
                                   .out = UniqueFd(::dup(out.write_end.get())),
                                   .together = true});
    std::array<char, 32> number{};
    if (::read(out.read_end.get(), number.data(), number.size() - 1) <= 0) return 0;
    return static_cast<pid_t>(std::atol(number.data()));
  }

  std::shared_ptr<RelayThread> thread_ = std::make_shared<RelayThread>();
};

TEST_F(RelayEnd, IsNotWaitedForWhereNothingIsOpen) {
  const Folder folder;
  const auto gate = folder.path() + "/gate";
  ASSERT_EQ(::mkfifo(gate.c_str(), 0600), 0);
  // Its standard streams stay open longer than it lives, as an engine's may.
  RelayProcess relay(
      {"sh", "-c", "\"$1\" serve; read -r line <\"$0\"; exit 5", gate, RelayProcess::program()});
  link(relay);
  EXPECT_EQ(run_inside(thread_, {.argv = {"sh", "-c", "exit 3"}})->wait({}), 3);
  auto closing = std::async(std::launch::async, [&] { thread_->close(no_limit); });
  EXPECT_EQ(closing.wait_for(patience), std::future_status::ready);
  const UniqueFd opened(::open(gate.c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_EQ(::write(opened.get(), "\n", 1), 1);
  const int end = relay.wait();
  EXPECT_TRUE(WIFEXITED(end) && WEXITSTATUS(end) == 5) << end;
}

TEST_F(RelayEnd, IsWaitedForWhereACommandRunsAlsoOneThatWasGivenUp) {
  for (const bool given_up : {false, true}) {
    thread_ = std::make_shared<RelayThread>();
    RelayProcess relay;
    link(relay);
    std::unique_ptr<RelayCommand> command;
    const auto pid = deaf(command);
    ASSERT_GT(pid, 0);
    if (given_up) command.reset();
    thread_->close(no_limit);
    EXPECT_NE(::kill(pid, 0), 0) << given_up;
  }
}

}  // namespace
}  // namespace fairlead::ports::test
