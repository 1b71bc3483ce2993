// Commands through the relay that the background process keeps. USER-002, USER-010, USER-012.

#include "fixture.hpp"
#include "support/wait.hpp"

#include <fairlead/relay_wish.hpp>

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <csignal>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;

/// What a process knows of itself that a command could tell apart.
constexpr const char* all_about_me = R"sh(
id; pwd; umask; env | sort; cat /proc/self/limits /proc/self/cgroup /proc/self/oom_score_adj
grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|Sig[BIC]|Umask)' /proc/self/status
for f in 0 1 2; do test -t $f && echo terminal; done; tty | sed 's/[0-9]*$//'
stat -c '%u %a' "$(tty)" 2>/dev/null
for i in $(seq 100); do test -t 0 || break; stty size 2>/dev/null | grep '30 100' && break; sleep 0.1; done
exit 3)sh";

/// Who runs the command: the relay that was lent, or the engine.
constexpr const char* who_runs_me = "tr '\\0' ' ' </proc/$PPID/cmdline";

class ResidentRelay : public DockerTest {
 protected:
  void SetUp() override {
    DockerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    allow_processes_inside();
  }
  void TearDown() override {
    if (!IsSkipped()) {
      EXPECT_EQ(run(fairlead({"background", "--stop"})).exit_code, 0);
    }
    DockerTest::TearDown();
  }

  void start(const std::string& members = {}) {
    project_ = workspace(members);
    const auto result = run(fairlead({"up", "--json", "--workspace-folder",
                                      project_.folder.string(), "--set", "exec_via=relay"}));
    ASSERT_EQ(result.exit_code, 0) << result.text();
    container_ = json_at(result.out, "/containerId");
    ASSERT_TRUE(wait_until(60s, [&] { return is_resident(); }));
  }
  RunRequest command(const std::vector<std::string>& words, const std::string& way = "auto") const {
    auto request = fairlead({"exec", "--workspace-folder", project_.folder.string(), "--via", way});
    request.argv.push_back("--");
    request.argv.insert(request.argv.end(), words.begin(), words.end());
    return request;
  }
  bool is_resident() {
    return run(command({"sh", "-c", who_runs_me})).out.find("lent") != std::string::npos;
  }
  bool runs_inside(const std::string& text) const {
    const auto lines = engine().processes(container_);
    return std::any_of(lines.begin(), lines.end(),
                       [&](const auto& line) { return line.find(text) != std::string::npos; });
  }
  void expect_the_same(bool terminal) {
    auto by_engine = command({"sh", "-c", all_about_me}, "engine");
    auto by_relay = command({"sh", "-c", all_about_me});
    by_engine.terminal = by_relay.terminal = terminal;
    const auto engine = run(std::move(by_engine));
    const auto relay = run(std::move(by_relay));
    EXPECT_EQ(relay.out, engine.out);
    EXPECT_EQ(relay.err, engine.err);
    EXPECT_EQ(relay.exit_code, 3);
    EXPECT_EQ(engine.exit_code, 3);
  }
  /// Kills the client while its command runs, one that does not mind hanging up.
  void expect_end_with_client(bool input, bool terminal) {
    auto request = command({"sh", "-c", "trap '' HUP; echo re''ady; sleep 4712"});
    request.keep_input = input;
    request.terminal = terminal;
    ChildProcess client(std::move(request));
    ASSERT_TRUE(client.wait_for_output("ready", 60s)) << client.err();
    EXPECT_TRUE(runs_inside("sleep 4712"));
    client.signal(SIGKILL);
    client.finish();
    EXPECT_TRUE(wait_until(30s, [&] { return !runs_inside("sleep 4712"); }));
    EXPECT_TRUE(wait_until(30s, [&] { return !runs_inside(" lent"); }));
  }
  int server_pid() {
    const auto text = read_file(test_run().below("run") / "fairlead/server.lock");
    return text.empty() ? 0 : std::stoi(text);
  }
  bool lends(const RelayWish& wish) {
    const auto path = (test_run().below("run") / "fairlead" / relay_socket_name).string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    return ::connect(socket.get(), generic, sizeof address) == 0 &&
           ask_for_relay(socket, wish, 30s);
  }

  Workspace project_;
  std::string container_;
};

TEST_F(ResidentRelay, IsTheSameToTheCommandOfRoot) {
  start(R"("remoteEnv": {"A": "b c"}, "capAdd": ["NET_ADMIN"])");
  expect_the_same(false);
  expect_the_same(true);
}

TEST_F(ResidentRelay, IsTheSameToTheCommandOfAnotherUser) {
  start(R"("remoteUser": "1234:56", "updateRemoteUserUID": false)");
  expect_the_same(false);
  expect_the_same(true);
}

TEST_F(ResidentRelay, PassesStreamsSignalsAndStatusesOn) {
  start();
  auto cat = command({"sh", "-c", "cat; echo end; exit 7"});
  cat.input = std::string(3000000, 'x');
  const auto result = run(std::move(cat));
  EXPECT_EQ(result.out, std::string(3000000, 'x') + "end\n");
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_EQ(run(command({"no-such-program"})).exit_code, 127);
  EXPECT_EQ(run(command({"sh", "-c", "kill -KILL $$"})).exit_code, 137);
  ChildProcess client(
      command({"sh", "-c", "trap 'exit 5' TERM; echo re''ady; while :; do sleep 0.1; done"}));
  ASSERT_TRUE(client.wait_for_output("ready", 60s)) << client.err();
  client.signal(SIGTERM);
  EXPECT_EQ(client.finish().exit_code, 5);
}

TEST_F(ResidentRelay, LeavesNothingOfAKilledClient) {
  start();
  expect_end_with_client(false, false);
  expect_end_with_client(true, false);
  expect_end_with_client(true, true);
}

TEST_F(ResidentRelay, RunsLifecycleCommands) {
  start(R"("postAttachCommand": "tr '\\0' ' ' </proc/$PPID/cmdline >/tmp/who")");
  ASSERT_EQ(
      run(fairlead({"up", "--wait", "--workspace-folder", project_.folder.string()})).exit_code, 0);
  EXPECT_NE(must_exec(project_, "cat /tmp/who").find("lent"), std::string::npos);
}

TEST_F(ResidentRelay, IsLentToItsOwnUserAndContainerOnly) {
  start();
  EXPECT_TRUE(lends({.backend = "docker", .instance = container_, .user = "root"}));
  EXPECT_FALSE(lends({.backend = "docker", .instance = container_, .user = "nobody"}));
  EXPECT_FALSE(lends({.backend = "docker", .instance = "another", .user = "root"}));
  EXPECT_FALSE(lends({.backend = "podman", .instance = container_, .user = "root"}));
}

TEST_F(ResidentRelay, IsDoneWithoutWhenItIsKilledAndComesBack) {
  start();
  must_exec(project_, "kill -9 $(ps -o pid,args | awk '/serve$/ && !/awk/ {print $1}')");
  EXPECT_EQ(run(command({"echo", "works"})).out, "works\n");
  EXPECT_TRUE(wait_until(60s, [&] { return is_resident(); }));
}

TEST_F(ResidentRelay, GoesOnWhenTheConfigurationOfPortsHasChanged) {
  start();
  auto shell = command({"sh", "-c", "echo re''ady; read line; echo got $line"});
  shell.keep_input = true;
  ChildProcess client(std::move(shell));
  ASSERT_TRUE(client.wait_for_output("ready", 60s)) << client.err();
  const auto file = project_.folder / ".devcontainer/devcontainer.json";
  auto text = read_file(file);
  text.insert(text.find('{') + 1, R"("portsAttributes": {"18110": {"label": "new"}},)");
  write_file(file, text);
  const auto up = run(fairlead({"up", "--workspace-folder", project_.folder.string()}));
  ASSERT_EQ(up.exit_code, 0) << up.text();
  EXPECT_TRUE(is_resident());
  client.write("words\n");
  const auto result = client.finish();
  EXPECT_NE(result.out.find("got words"), std::string::npos) << result.text();
  EXPECT_EQ(result.exit_code, 0);
}

TEST_F(ResidentRelay, EndsItsCommandsWithTheBackgroundProcess) {
  start();
  ChildProcess client(command({"sh", "-c", "trap '' HUP; echo re''ady; sleep 4713"}));
  ASSERT_TRUE(client.wait_for_output("ready", 60s)) << client.err();
  ::kill(server_pid(), SIGKILL);
  EXPECT_NE(client.finish().exit_code, 0);
  EXPECT_TRUE(wait_until(30s, [&] { return !runs_inside("sleep 4713"); }));
  EXPECT_EQ(run(command({"echo", "works"})).out, "works\n");
  EXPECT_TRUE(wait_until(60s, [&] { return is_resident(); }));
}

}  // namespace
}  // namespace fairlead::test
