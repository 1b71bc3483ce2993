// The harness itself: a guard that finds nothing proves nothing.

#include "support/child_process.hpp"
#include "support/engine_proxy.hpp"
#include "support/leak_guard.hpp"
#include "support/request_parser.hpp"
#include "support/test_run.hpp"
#include "support/wait.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>

namespace fairlead::test {
namespace {

bool mentions(const std::vector<std::string>& lines, const std::string& word) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(word) != std::string::npos; });
}

RunRequest shell(const TestRun& run, const std::string& script) {
  return {.argv = {"/bin/sh", "-c", script}, .environment = run.environment()};
}

TEST(LeakGuard, IsSilentWhenNothingIsLeft) {
  TestRun test;
  const LeakGuard guard(test);
  EXPECT_EQ(run(shell(test, "touch $TMPDIR/x; rm $TMPDIR/x")).exit_code, 0);
  EXPECT_TRUE(guard.leaks().empty());
}

TEST(LeakGuard, FindsAProcessThatLeftItsParent) {
  TestRun test;
  const LeakGuard guard(test);
  run(shell(test, "setsid sleep 100 >/dev/null 2>&1 </dev/null &"));
  // The shell has ended; that its child has become the program by now is not said.
  EXPECT_TRUE(wait_until(std::chrono::milliseconds(5000),
                         [&] { return mentions(guard.leaks(), "sleep 100"); }));
  for (const std::string& process : marked_processes("FLTEST_RUN", test.id())) {
    ::kill(std::atoi(process.c_str()), SIGKILL);
  }
  EXPECT_TRUE(guard.leaks().empty());
}

TEST(LeakGuard, FindsADescriptor) {
  TestRun test;
  const LeakGuard guard(test);
  const UniqueFd leaked(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_TRUE(mentions(guard.leaks(), "/dev/null"));
}

TEST(LeakGuard, FindsALockAndATemporaryFile) {
  TestRun test;
  write_file(test.below("tmp") / "left", "");
  write_file(test.below("run") / "left.sock", "");
  const UniqueFd lock(::open(test.below("held").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  const LeakGuard guard(test);
  const auto leaks = guard.leaks();
  EXPECT_TRUE(mentions(leaks, "temporary file"));
  EXPECT_TRUE(mentions(leaks, "runtime file"));
  EXPECT_TRUE(mentions(leaks, "lock on"));
}

TEST(ChildProcess, KeepsStreamsApartAndCountsSignals) {
  TestRun test;
  const RunResult result = run(shell(test, "echo out; echo err >&2; kill -9 $$"));
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
  EXPECT_EQ(result.exit_code, 137);
}

TEST(ChildProcess, MovesMuchBothWays) {
  TestRun test;
  RunRequest request = shell(test, "cat; cat /dev/null");
  request.input = std::string(8U << 20U, 'x');
  EXPECT_EQ(run(std::move(request)).out.size(), 8U << 20U);
}

TEST(ChildProcess, EndsWhatTakesTooLong) {
  TestRun test;
  RunRequest request = shell(test, "sleep 100");
  request.timeout = milliseconds(100);
  const RunResult result = run(std::move(request));
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.exit_code, 137);
}

TEST(ChildProcess, GivesATerminal) {
  TestRun test;
  RunRequest request = shell(test, "test -t 0 && test -t 1 && test -t 2 && stty size && read x");
  request.terminal = true;
  ChildProcess child(std::move(request));
  EXPECT_TRUE(child.wait_for_output("30 100", milliseconds(5000)));
  child.write("done\r");
  EXPECT_EQ(child.finish().exit_code, 0);
}

TEST(RequestParser, CountsRequestsWhateverTheirBodies) {
  RequestParser parser;
  std::vector<std::string> found;
  const std::string stream =
      "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
      "POST /b HTTP/1.1\r\nContent-Length: 5\r\n\r\nGET /"
      "PUT /c HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n4\r\nGET \r\n0\r\n\r\n"
      "POST /d HTTP/1.1\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{}GET /no HTTP/1.1\r\n\r\n";
  for (const char byte : stream) {  // however the stream is cut
    for (const std::string& line : parser.feed(std::string_view(&byte, 1))) found.push_back(line);
  }
  EXPECT_EQ(found, (std::vector<std::string>{"GET /a", "POST /b", "PUT /c", "POST /d"}));
}

/// One request over a connection of its own; the answer, empty when the connection was cut.
std::string ask(const std::string& socket, const std::string& path) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket.c_str(), socket.size() + 1);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return {};
  }
  const std::string request = "GET " + path + " HTTP/1.1\r\n\r\n";
  if (::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return {};
  char answer[64] = {};
  const ssize_t size = ::recv(fd.get(), answer, sizeof answer, 0);
  return {answer, size > 0 ? static_cast<std::size_t>(size) : 0};
}

/// Answers "ok" once per connection.
class FakeEngine {
 public:
  explicit FakeEngine(const std::string& path) : listener_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_.get(), 4) != 0) {
      throw std::runtime_error("no fake engine");
    }
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeEngine() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }

 private:
  void serve() {
    while (true) {
      const UniqueFd client(::accept(listener_.get(), nullptr, nullptr));
      if (!client) return;
      char request[256];
      if (::recv(client.get(), request, sizeof request, 0) > 0) {
        ::send(client.get(), "ok", 2, MSG_NOSIGNAL);
      }
    }
  }

  UniqueFd listener_;
  std::thread thread_;
};

TEST(EngineProxy, CountsCutsAndDies) {
  TestRun test;
  const FakeEngine engine(test.below("engine").string());
  EngineProxy proxy(test.below("proxy").string(), test.below("engine").string(),
                    [](int number, const std::string&) {
                      if (number == 2) return EngineProxy::Verdict::cut;
                      return number == 4 ? EngineProxy::Verdict::die
                                         : EngineProxy::Verdict::forward;
                    });
  const std::string socket = test.below("proxy").string();
  EXPECT_EQ(ask(socket, "/v1.41/one"), "ok");
  EXPECT_EQ(ask(socket, "/two"), "");
  EXPECT_EQ(ask(socket, "/three"), "ok");
  EXPECT_EQ(ask(socket, "/four"), "");
  EXPECT_EQ(ask(socket, "/five"), "");
  EXPECT_EQ(proxy.requests(),
            (std::vector<std::string>{"GET /one", "GET /two", "GET /three", "GET /four"}));
}

}  // namespace
}  // namespace fairlead::test
