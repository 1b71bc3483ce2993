#include "plugin_fixture.hpp"
#include "plugins/local_dial.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <future>
#include <string>
#include <thread>

namespace fairlead::test {
namespace {

class LocalHost : public PluginTest {
 protected:
  struct Result {
    int exit_code;
    std::string out;
  };

  // Runs `request` with its output in a pipe.
  Result run(SpawnRequest request, CallOptions options = {}) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const UniqueFd reader(ends[0]);
    request.out = options.pass(UniqueFd(ends[1]));
    std::string out;
    std::thread collector([&] {
      std::array<char, 4096> buffer{};
      for (auto got = ::read(reader.get(), buffer.data(), buffer.size()); got > 0;
           got = ::read(reader.get(), buffer.data(), buffer.size())) {
        out.append(buffer.data(), static_cast<std::size_t>(got));
      }
    });
    int exit_code = -1;
    try {
      exit_code = host_->spawn(request, std::move(options)).exit_code;
    } catch (...) {
      collector.join();
      throw;
    }
    collector.join();
    return {exit_code, out};
  }

  static SpawnRequest shell(const std::string& script) {
    SpawnRequest request;
    request.argv = {"sh", "-c", script};
    return request;
  }

  std::shared_ptr<Host> host_ = local_host();
};

TEST_F(LocalHost, DescribesThisMachine) {
  const auto found = host_->describe({});
  EXPECT_EQ(found.os, "linux");
  EXPECT_TRUE(found.local);
  EXPECT_EQ(found.uid, static_cast<int>(::getuid()));
#if defined(__x86_64__)
  EXPECT_EQ(found.arch, "amd64");
#endif
}

TEST_F(LocalHost, RunsACommandInItsFolderWithItsVariables) {
  auto request = shell("echo $WORD; pwd; exit 7");
  request.env = {{"WORD", "a b"}};
  request.working_directory = "/";
  const auto result = run(request);
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_EQ(result.out, "a b\n/\n");
}

TEST_F(LocalHost, GivesACleanEnvironmentWhenAsked) {
  SpawnRequest request;
  request.argv = {"/usr/bin/env"};
  request.env = {{"ONLY", "this"}};
  request.clean_env = true;
  EXPECT_EQ(run(request).out, "ONLY=this\n");
}

TEST_F(LocalHost, GivesDevNullForMissingStreams) {
  EXPECT_EQ(run(shell("cat; echo gone >&2; echo end")).out, "end\n");
}

TEST_F(LocalHost, TellsASignalAs128AndItsNumber) {
  EXPECT_EQ(run(shell("kill -TERM $$")).exit_code, 143);
}

TEST_F(LocalHost, PassesNoFurtherDescriptors) {
  const UniqueFd leaky(::open("/dev/null", O_RDONLY));  // on purpose without O_CLOEXEC
  const auto script = "test -e /proc/self/fd/" + std::to_string(leaky.get()) + " && echo open";
  EXPECT_EQ(run(shell(script + " || echo closed")).out, "closed\n");
}

TEST_F(LocalHost, ResetsIgnoredSignals) {
  const auto before = ::signal(SIGUSR1, SIG_IGN);
  EXPECT_EQ(run(shell("kill -USR1 $$")).exit_code, 128 + SIGUSR1);
  ::signal(SIGUSR1, before);
}

TEST_F(LocalHost, KnowsWhichCommandIsMissing) {
  SpawnRequest request;
  request.argv = {"no-such-command-here"};
  const auto error = thrown([&] { host_->spawn(request, {}); });
  EXPECT_EQ(error.status(), Status::not_found);
  EXPECT_EQ(error.code(), "host.command_not_found");
}

TEST_F(LocalHost, KnowsWhichFolderIsMissing) {
  auto request = shell("true");
  request.working_directory = "/no/such/folder";
  const auto error = thrown([&] { host_->spawn(request, {}); });
  EXPECT_EQ(error.code(), "host.folder_not_found");
  EXPECT_EQ(error.message(),
            "The working directory /no/such/folder does not exist on this machine.");
}

TEST_F(LocalHost, CancelsTheWholeProcessGroup) {
  std::stop_source stop;
  CallOptions options;
  options.stop = stop.get_token();
  pid_t group = 0;
  options.on_event = [&](const Event& event) {
    group = std::stoi(event.started.value_or("0"));
    stop.request_stop();
  };
  const auto error = thrown([&] { run(shell("sleep 60 & sleep 60"), std::move(options)); });
  EXPECT_EQ(error.status(), Status::cancelled);
  ASSERT_GT(group, 1);
  // What is left may be a zombie of init's for a moment; none may run.
  for (int tries = 0; tries < 500 && ::kill(-group, 0) == 0; ++tries) ::usleep(10'000);
  EXPECT_EQ(::kill(-group, 0), -1);
}

TEST_F(LocalHost, EndsACommandAtItsDeadline) {
  CallOptions options;
  options.timeout = std::chrono::milliseconds(20);
  const auto error = thrown([&] { run(shell("exec sleep 60"), std::move(options)); });
  EXPECT_EQ(error.status(), Status::timeout);
  EXPECT_EQ(error.message(), "the command did not end within 20 ms");
}

TEST_F(LocalHost, OpensATerminalOfTheSizeAskedFor) {
  auto request = shell("test -t 0 && test -t 1 && stty size && echo $TERM");
  request.terminal = Terminal{{31, 99}, "vt100"};
  const auto result = run(request);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "31 99\r\nvt100\r\n");
}

TEST_F(LocalHost, ResizesATerminal) {
  auto request = shell("trap 'stty size; exit 4' WINCH; echo ready; while :; do sleep 0.01; done");
  request.terminal = Terminal{{24, 80}, "vt100"};
  CallOptions options;
  std::promise<std::string> process;
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  request.out = options.pass(UniqueFd(ends[1]));
  options.on_event = [&](const Event& event) { process.set_value(event.started.value_or("")); };
  int exit_code = -1;
  std::thread runner([&] { exit_code = host_->spawn(request, std::move(options)).exit_code; });
  std::string out;
  std::array<char, 256> buffer{};
  const auto read_more = [&] {
    const auto got = ::read(reader.get(), buffer.data(), buffer.size());
    if (got > 0) out.append(buffer.data(), static_cast<std::size_t>(got));
    return got > 0;
  };
  while (out.find("ready") == std::string::npos && read_more()) {
  }
  host_->spawn_control({process.get_future().get(), TerminalSize{40, 120}, ""}, {});
  while (read_more()) {
  }
  runner.join();
  EXPECT_EQ(exit_code, 4);
  EXPECT_NE(out.find("40 120"), std::string::npos) << out;
}

TEST_F(LocalHost, ControlsOnlyWhatRuns) {
  const auto error = thrown([&] { host_->spawn_control({"12345-1", {}, "TERM"}, {}); });
  EXPECT_EQ(error.code(), "host.process_not_found");
}

TEST_F(LocalHost, SaysWhyASocketCannotBeReached) {
  HostDialRequest request;
  request.socket = (folder_ / "none").string();
  const auto error = thrown([&] { host_->dial(request, {}); });
  EXPECT_EQ(error.status(), Status::unavailable);
  EXPECT_EQ(error.code(), "host.no_socket");
  EXPECT_EQ(error.message(), "cannot connect to " + request.socket + ": No such file or directory");
}

TEST_F(LocalHost, KnowsAServiceByTheNameOfItsSocket) {
  const auto root = folder_ / "root";
  const auto is_there = [&](const std::string& name) { return is_installed(name, root.string()); };
  EXPECT_FALSE(is_there("engine"));
  std::filesystem::create_directories(root / "usr/sbin");
  std::ofstream(root / "usr/sbin/engined") << "x";
  std::filesystem::permissions(root / "usr/sbin/engined", std::filesystem::perms::owner_all);
  EXPECT_FALSE(is_there("engine"));  // it never ran
  std::filesystem::create_directories(root / "var/lib/engine");
  EXPECT_TRUE(is_there("engine"));
  std::filesystem::create_directories(root / "var/lib/other");  // of one that was removed
  EXPECT_FALSE(is_there("other"));
  EXPECT_FALSE(is_there(""));
}

TEST_F(LocalHost, SaysThatASocketIsForbidden) {
  if (::geteuid() == 0) GTEST_SKIP() << "skipped: root may connect to everything";
  HostDialRequest request;
  request.socket = (folder_ / "s").string();
  const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  request.socket.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::chmod(request.socket.c_str(), 0);
  const auto error = thrown([&] { host_->dial(request, {}); });
  EXPECT_EQ(error.status(), Status::denied);
  EXPECT_EQ(error.code(), "host.permission");
}

// Bound to a port of the loopback; listens with a queue that is full already when `full`.
class Listener {
 public:
  Listener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd_.get(), generic(), sizeof address_), 0);
    EXPECT_EQ(::listen(fd_.get(), 1), 0);
    socklen_t size = sizeof address_;
    ::getsockname(fd_.get(), generic(), &size);
  }
  int port() const { return ntohs(address_.sin_port); }
  int fd() const { return fd_.get(); }

 private:
  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&address_); }
  sockaddr_in address_{};
  UniqueFd fd_;
};

TEST_F(LocalHost, ConnectsToATcpPort) {
  const Listener listener;
  const auto client = host_->dial({"127.0.0.1", listener.port(), ""}, {});
  EXPECT_TRUE(client);
  EXPECT_EQ(::fcntl(client.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(client.get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(LocalHost, SaysThatAPortIsRefused) {
  int port = 0;
  { port = Listener().port(); }
  const auto error = thrown([&] { host_->dial({"127.0.0.1", port, ""}, {}); });
  EXPECT_EQ(error.code(), "host.connect");
  EXPECT_EQ(error.message(),
            "cannot connect to 127.0.0.1:" + std::to_string(port) + ": Connection refused");
}

TEST_F(LocalHost, GivesUpConnectingAtItsDeadline) {
  const Listener listener;
  std::vector<UniqueFd> fillers;  // a queue of one takes two; the third waits for ever
  const auto connect = [&](std::chrono::milliseconds timeout) {
    CallOptions limited;
    limited.timeout = timeout;
    fillers.push_back(host_->dial({"127.0.0.1", listener.port(), ""}, std::move(limited)));
  };
  const auto error = thrown([&] {
    for (int i = 0; i < 4; ++i) connect(std::chrono::milliseconds(100));
  });
  EXPECT_EQ(error.code(), "host.connect");
  EXPECT_NE(error.message().find("Connection timed out"), std::string::npos) << error.message();
}

}  // namespace
}  // namespace fairlead::test
