// `exec --via relay`: what an exec of the engine cannot do. USER-002, USER-010.

#include "fixture.hpp"
#include "support/wait.hpp"

#include <csignal>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;

class RelayExec : public DockerTest {
 protected:
  void SetUp() override {
    DockerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    project_ = workspace(R"("remoteEnv": {"A": "b c"})");
    container_ = must_up(project_);
  }
  RunRequest command(const std::string& way, const std::vector<std::string>& words) const {
    auto request = fairlead({"exec", "--workspace-folder", project_.folder.string(), "--via", way});
    request.argv.push_back("--");
    request.argv.insert(request.argv.end(), words.begin(), words.end());
    return request;
  }
  bool runs_inside(const std::string& text) const {
    for (const auto& line : engine().processes(container_)) {
      if (line.find(text) != std::string::npos) return true;
    }
    return false;
  }
  /// Kills the client while its command runs and expects the command to end.
  void expect_end_with_client(bool input, bool terminal) {
    // No way is named: this is what the setting `exec_via` is by itself.
    auto request = fairlead({"exec", "--workspace-folder", project_.folder.string(), "--", "sh",
                             "-c", "echo re''ady; sleep 4711"});
    request.keep_input = input;
    request.terminal = terminal;
    ChildProcess client(std::move(request));
    ASSERT_TRUE(client.wait_for_output("ready", 60s)) << client.err();
    EXPECT_TRUE(runs_inside("sleep 4711"));
    client.signal(SIGKILL);
    client.finish();
    EXPECT_TRUE(wait_until(30s, [&] { return !runs_inside("sleep 4711"); }));
    EXPECT_TRUE(wait_until(30s, [&] { return !runs_inside("/.fairlead/relay"); }));
  }

 private:
  Workspace project_;
  std::string container_;
};

TEST_F(RelayExec, IsTheSameToTheCommand) {
  const std::vector<std::string> words = {"sh", "-c", "id; env | sort; pwd; umask; exit 3"};
  const auto engine = run(command("engine", words));
  for (const char* way : {"relay", "auto"}) {
    const auto relay = run(command(way, words));
    EXPECT_EQ(relay.out, engine.out) << way;
    EXPECT_EQ(relay.err, engine.err) << way;
    EXPECT_EQ(relay.exit_code, 3) << relay.text();
  }
}

TEST_F(RelayExec, PassesInputAndItsEndOn) {
  auto request = command("relay", {"sh", "-c", "cat; echo end"});
  request.input = std::string(300000, 'x');
  EXPECT_EQ(run(std::move(request)).out, std::string(300000, 'x') + "end\n");
}

TEST_F(RelayExec, EndsWithAKilledClient) { expect_end_with_client(false, false); }
TEST_F(RelayExec, EndsWithAKilledClientThatHasInput) { expect_end_with_client(true, false); }
TEST_F(RelayExec, EndsWithAKilledClientThatHasATerminal) { expect_end_with_client(true, true); }

/// Its end is not waited for, and comes.
TEST_F(RelayExec, LeavesNoRelayBehind) {
  EXPECT_EQ(run(command("relay", {"sh", "-c", "exit 4"})).exit_code, 4);
  EXPECT_TRUE(wait_until(30s, [&] { return !runs_inside("/.fairlead/relay"); }));
}

TEST_F(RelayExec, PassesSignalsOn) {
  ChildProcess client(command(
      "relay", {"sh", "-c", "trap 'exit 5' TERM; echo re''ady; while :; do sleep 0.1; done"}));
  ASSERT_TRUE(client.wait_for_output("ready", 60s)) << client.err();
  client.signal(SIGTERM);
  EXPECT_EQ(client.finish().exit_code, 5);
}

}  // namespace
}  // namespace fairlead::test
