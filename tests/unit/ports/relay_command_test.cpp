#include "base/pipe.hpp"
#include "relay_fixture.hpp"

#include <future>

namespace fairlead::ports::test {
namespace {

struct Output {
  int status = 0;
  std::string out;
  std::string err;
};

class RelayCommandTest : public testing::Test {
 protected:
  void SetUp() override { session = relay.session(); }

  Output run(std::vector<std::string> argv, const std::string& input = {}) {
    return run_all({.argv = std::move(argv)}, input);
  }
  /// What a command says on both streams, in one pipe.
  std::string run_together(std::vector<std::string> argv) {
    auto out = make_pipe();
    const auto running =
        session->run({.argv = std::move(argv), .out = std::move(out.write_end), .together = true});
    auto text = read_all(out.read_end.get());
    EXPECT_EQ(running->wait({}), 0);
    return text;
  }
  Output run_all(RelayRun command, const std::string& input = {}) {
    auto out = make_pipe();
    auto err = make_pipe();
    auto in = make_pipe();
    command.in = std::move(in.read_end);
    command.out = std::move(out.write_end);
    command.err = std::move(err.write_end);
    const auto running = session->run(std::move(command));
    auto errors = std::async(std::launch::async, [&] { return read_all(err.read_end.get()); });
    auto writer = std::async(std::launch::async, [&] {
      for (std::string_view rest = input; !rest.empty();) {
        const auto put = ::write(in.write_end.get(), rest.data(), rest.size());
        if (put <= 0) break;
        rest.remove_prefix(static_cast<std::size_t>(put));
      }
      in.write_end.reset();
    });
    Output output;
    output.out = read_all(out.read_end.get());
    output.status = running->wait({});
    output.err = errors.get();
    writer.get();
    return output;
  }

  RelayProcess relay;
  std::unique_ptr<RelaySession> session;
};

void pass_on(int from, int to) {
  std::array<char, 65536> buffer;
  for (;;) {
    const auto got = ::read(from, buffer.data(), buffer.size());
    if (got <= 0) break;
    write_all(to, {buffer.data(), static_cast<std::size_t>(got)});
  }
  ::shutdown(to, SHUT_WR);
}

/// Between a session and its relay, whose greeting it makes one of version 1.
class OlderRelay {
 public:
  OlderRelay() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    host_ = UniqueFd(ends[0]);
    theirs_ = UniqueFd(ends[1]);
    std::array<char, 24> greeting{};
    EXPECT_EQ(::recv(process_.stream.get(), greeting.data(), greeting.size(), MSG_WAITALL),
              static_cast<ssize_t>(greeting.size()));
    greeting[10] = 1;  // the highest version that it speaks
    write_all(host_.get(), {greeting.data(), greeting.size()});
    to_host_ = std::jthread([this] { pass_on(process_.stream.get(), host_.get()); });
    to_relay_ = std::jthread([this] { pass_on(host_.get(), process_.stream.get()); });
  }
  std::unique_ptr<RelaySession> session() {
    UniqueFd other(::fcntl(theirs_.get(), F_DUPFD_CLOEXEC, 0));
    return RelaySession::over(std::move(theirs_), std::move(other), patience);
  }

 private:
  RelayProcess process_;
  UniqueFd host_;
  UniqueFd theirs_;
  std::jthread to_host_;
  std::jthread to_relay_;
};

/// A resident relay may be older than who uses it.
TEST(OlderRelayTest, HasAStreamForEachInOnePipe) {
  OlderRelay older;
  const auto session = older.session();
  auto out = make_pipe();
  const auto running = session->run({.argv = {"sh", "-c", "echo out; echo err >&2"},
                                     .out = std::move(out.write_end),
                                     .together = true});
  const auto text = read_all(out.read_end.get());
  EXPECT_EQ(running->wait({}), 0);
  EXPECT_NE(text.find("out\n"), std::string::npos) << text;
  EXPECT_NE(text.find("err\n"), std::string::npos) << text;
}

/// True once nobody has the other end of the pipe any more.
bool ends_in_time(int fd) {
  pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&ready, 1, 30000) == 1;
}

TEST_F(RelayCommandTest, KeepsBothStreamsInTheirOrderInOnePipe) {
  std::string script;
  std::string expected;
  for (int i = 0; i < 20; ++i) {
    const auto number = std::to_string(i);
    script += "echo o" + number + "; echo e" + number + " >&2; ";
    expected += 'o' + number + "\ne" + number + '\n';
  }
  EXPECT_EQ(run_together({"sh", "-c", script}), expected);
}

TEST_F(RelayCommandTest, KeepsStreamsApartAndGivesTheStatus) {
  const auto output = run({"sh", "-c", "echo out; echo err >&2; exit 7"});
  EXPECT_EQ(output.out, "out\n");
  EXPECT_EQ(output.err, "err\n");
  EXPECT_EQ(output.status, 7);
}

TEST_F(RelayCommandTest, GivesTheSignalThatEndedIt) {
  EXPECT_EQ(run({"sh", "-c", "kill -KILL $$"}).status, 128 + 9);
}

TEST_F(RelayCommandTest, SaysWhatItCannotRun) {
  const auto absent = run({"/no/such/program"});
  EXPECT_EQ(absent.status, 127);
  EXPECT_NE(absent.err.find("/no/such/program"), std::string::npos);
  EXPECT_EQ(run({"no-such-program"}).status, 127);
  EXPECT_EQ(run({"/etc/passwd"}).status, 126);
  EXPECT_EQ(run_all({.argv = {"true"}, .working_directory = "/no/such/folder"}).status, 127);
}

TEST_F(RelayCommandTest, SetsVariablesAndTheFolder) {
  const auto output = run_all({.argv = {"sh", "-c", "echo $A $HOME; pwd"},
                               .env = {{"A", "b c"}, {"HOME", "/elsewhere"}},
                               .working_directory = "/proc"});
  EXPECT_EQ(output.out, "b c /elsewhere\n/proc\n");
}

TEST_F(RelayCommandTest, PassesTheEndOfItsInputOn) {
  const auto input = pattern(std::size_t{4} << 20U);
  const auto output = run({"cat"}, input);
  EXPECT_TRUE(output.out == input) << output.out.size();
  EXPECT_EQ(output.status, 0);
}

/// What a child of our own says.
std::string said_here(const std::string& command) {
  std::string text;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::array<char, 256> piece{};
  while (::fgets(piece.data(), piece.size(), pipe.get()) != nullptr) text += piece.data();
  return text;
}

/// Signals, descriptors, limits and mask are those that the relay itself was given.
TEST_F(RelayCommandTest, StartsAsIfTheRelayWereNotThere) {
  for (const std::string command :
       {"grep -E '^(Sig(Blk|Ign)|Umask|Groups|Cap...|Seccomp|NoNewPrivs):' /proc/self/status",
        "ls /proc/self/fd | wc -l", "ulimit -a", "id", "env | sort | grep -v '^_='", "pwd"}) {
    EXPECT_EQ(run({"sh", "-c", command}).out, said_here(command)) << command;
  }
}

TEST_F(RelayCommandTest, SendsSignalsToTheWholeGroup) {
  auto out = make_pipe();
  const auto running = session->run(
      {.argv = {"sh", "-c",
                "trap 'echo got; exit 5' TERM; echo ready; while :; do sleep 0.05; done"},
       .out = std::move(out.write_end)});
  EXPECT_EQ(read_some(out.read_end.get(), 6), "ready\n");
  running->signal("TERM");
  EXPECT_EQ(running->wait({}), 5);
  EXPECT_EQ(read_all(out.read_end.get()), "got\n");
}

TEST_F(RelayCommandTest, GivesATerminalOfTheSizeThatIsWanted) {
  auto out = make_pipe();
  auto in = make_pipe();
  const auto running = session->run(
      {.argv = {"sh", "-c", "tty >/dev/null && stty size; echo $TERM; read x; stty size"},
       .terminal = Terminal{{33, 77}, "vt100"},
       .in = std::move(in.read_end),
       .out = std::move(out.write_end)});
  EXPECT_EQ(read_some(out.read_end.get(), 14), "33 77\r\nvt100\r\n");
  running->resize({44, 88});
  ASSERT_EQ(::write(in.write_end.get(), "\n", 1), 1);
  EXPECT_EQ(running->wait({}), 0);
  EXPECT_NE(read_all(out.read_end.get()).find("44 88"), std::string::npos);
}

TEST_F(RelayCommandTest, LeavesWhatAFinishedCommandLeftBehind) {
  auto alive = make_pipe();
  const auto path =
      "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(alive.write_end.get());
  const auto output = run({"sh", "-c", "sleep 1000 >" + path + " 2>&1 </dev/null & echo $!"});
  alive.write_end.reset();
  session.reset();
  EXPECT_EQ(relay.wait(), 0);
  const int left = std::stoi(output.out);
  EXPECT_EQ(::kill(left, 0), 0) << "it was killed";
  ::kill(left, SIGKILL);
  EXPECT_TRUE(ends_in_time(alive.read_end.get()));
}

/// However deaf it is, and its children with it.
TEST_F(RelayCommandTest, EndsACommandThatNobodyWantsAnyMore) {
  auto out = make_pipe();
  auto alive = make_pipe();
  const auto path =
      "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(alive.write_end.get());
  auto running = session->run(
      {.argv = {"sh", "-c", "exec 9>" + path + "; trap '' HUP; echo ready; sleep 1000 & wait"},
       .out = std::move(out.write_end)});
  EXPECT_EQ(read_some(out.read_end.get(), 6), "ready\n");
  alive.write_end.reset();
  running.reset();
  EXPECT_TRUE(ends_in_time(alive.read_end.get()));
  EXPECT_EQ(run({"echo", "the session goes on"}).out, "the session goes on\n");
}

TEST_F(RelayCommandTest, EndsEverythingWithTheSession) {
  auto out = make_pipe();
  auto alive = make_pipe();
  const auto path =
      "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(alive.write_end.get());
  const auto running =
      session->run({.argv = {"sh", "-c", "exec 9>" + path + "; echo ready; sleep 1000 & wait"},
                    .out = std::move(out.write_end)});
  EXPECT_EQ(read_some(out.read_end.get(), 6), "ready\n");
  alive.write_end.reset();
  session.reset();
  EXPECT_EQ(relay.wait(), 0);
  EXPECT_TRUE(ends_in_time(alive.read_end.get()));
}

TEST_F(RelayCommandTest, EndsWhenNobodyReadsWhatItSays) {
  auto out = make_pipe();
  const auto running = session->run(
      {.argv = {"sh", "-c", "while :; do echo y; done"}, .out = std::move(out.write_end)});
  EXPECT_EQ(read_some(out.read_end.get(), 2), "y\n");
  out.read_end.reset();
  EXPECT_EQ(running->wait({}), 128 + SIGPIPE);
}

TEST_F(RelayCommandTest, CanBeCancelled) {
  std::stop_source stop;
  const auto running = session->run({.argv = {"sleep", "1000"}});
  auto waiting = std::async(std::launch::async, [&] { return running->wait(stop.get_token()); });
  stop.request_stop();
  EXPECT_THROW(waiting.get(), Error);
}

TEST_F(RelayCommandTest, RefusesWhatDoesNotFitIntoAFrame) {
  EXPECT_THROW(session->run({.argv = {"echo", std::string(100000, 'x')}}), Error);
  EXPECT_EQ(run({"echo", "fine"}).out, "fine\n");
}

}  // namespace
}  // namespace fairlead::ports::test
