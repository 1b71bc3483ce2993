// `exec`: what a command inside sees, and what comes out of it. USER-010..016.

#include "fixture.hpp"

#include <csignal>
#include <cstring>
#include <random>

namespace fairlead::test {
namespace {

class Exec : public DockerTest {
 protected:
  void SetUp() override {
    DockerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    project_ = workspace();
    must_up(project_);
  }
  RunRequest command(const std::string& script) const {
    return exec(project_, {"sh", "-c", script});
  }
  const Workspace& project() const { return project_; }

 private:
  Workspace project_;
};

std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  std::minstd_rand random(7);
  for (char& byte : bytes) byte = static_cast<char>(random() >> 8U);
  return bytes;
}

TEST_F(Exec, ReturnsTheCommandsStatus) {
  EXPECT_EQ(run(command("exit 0")).exit_code, 0);
  EXPECT_EQ(run(command("exit 3")).exit_code, 3);
  EXPECT_EQ(run(command("kill -9 $$")).exit_code, 137);
  EXPECT_EQ(run(exec(project(), {"/etc/passwd"})).exit_code, 126);
  const RunResult missing = run(exec(project(), {"no-such-command"}));
  EXPECT_TRUE(missing.exit_code == 126 || missing.exit_code == 127) << missing.text();
  EXPECT_NE((missing.out + missing.err).find("no-such-command"), std::string::npos);
}

TEST_F(Exec, ReturnsTheShellsWordForAMissingCommand) {
  const RunResult missing = run(command("no-such-command"));
  EXPECT_EQ(missing.exit_code, 127);
  EXPECT_NE(missing.err.find("no-such-command"), std::string::npos);
}

TEST_F(Exec, KeepsStandardOutputAndErrorApart) {
  const RunResult result = run(command("echo out; echo err >&2"));
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
}

/// As the reference: for programs that read its log all of it is in there.
TEST_F(Exec, LogsItsOutputForPrograms) {
  const RunResult result =
      run(devcontainer({"exec", "--log-format", "json", "--workspace-folder",
                        project().folder.string(), "sh", "-c", "echo out; echo err >&2; exit 3"}));
  EXPECT_EQ(result.exit_code, 3) << result.text();
  EXPECT_EQ(result.out, "");
  for (const char* said : {"out", "err"}) {
    const auto event = "{\"type\":\"raw\",\"level\":2,\"timestamp\":";
    const auto at = result.err.find(said + std::string("\\n\"}"));
    ASSERT_NE(at, std::string::npos) << result.err;
    EXPECT_EQ(result.err.compare(result.err.rfind('{', at), std::strlen(event), event), 0)
        << result.err;
  }
}

TEST_F(Exec, PassesWordsAsTheyAre) {
  const RunResult result =
      run(exec(project(), {"printf", "[%s]", "a b", "", "$HOME", "--help", "'\""}));
  EXPECT_EQ(result.out, "[a b][][$HOME][--help]['\"]") << result.text();
}

TEST_F(Exec, TakesALeadingDoubleDash) {
  EXPECT_EQ(run(exec(project(), {"--", "echo", "--", "x"})).out, "-- x\n");
}

TEST_F(Exec, MovesBytesUnchangedBothWays) {
  RunRequest request = command("cat");
  request.input = noise(64U << 20U);
  const std::string sent = request.input;
  request.timeout = milliseconds(120'000);
  const RunResult result = run(std::move(request));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out.size(), sent.size());
  EXPECT_TRUE(result.out == sent);
}

TEST_F(Exec, HalfClosesStandardInput) {
  RunRequest request = command("cat > /dev/null; echo after the end");
  request.input = "x";
  EXPECT_EQ(run(std::move(request)).out, "after the end\n");
}

TEST_F(Exec, EndsThoughItsInputStaysOpen) {
  RunRequest request = command("echo done");
  request.keep_input = true;
  ChildProcess child(std::move(request));
  EXPECT_TRUE(child.wait_for([&] { return child.out() == "done\n"; }, milliseconds(20'000)));
  const RunResult result = child.finish();
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_LT(result.duration, milliseconds(30'000));
}

TEST_F(Exec, DeliversOutputAsItComes) {
  RunRequest request = command("echo first; read x; echo $x");
  request.keep_input = true;
  ChildProcess child(std::move(request));
  ASSERT_TRUE(child.wait_for_output("first", milliseconds(20'000)));
  child.write("second\n");
  EXPECT_TRUE(child.wait_for_output("second", milliseconds(20'000)));
  EXPECT_EQ(child.finish().exit_code, 0);
}

TEST_F(Exec, HasNoTerminalUnlessBothEndsAreOne) {
  EXPECT_EQ(run(command("test -t 0 || test -t 1 || echo none")).out, "none\n");
}

TEST_F(Exec, AddsRemoteEnvironment) {  // precedence: probe < --remote-env < remoteEnv
  const Workspace other = workspace(
      R"("containerEnv": {"A": "container", "B": "container"},
         "remoteEnv": {"B": "remote", "C": "${containerEnv:A}-c"})",
      "env");
  must_up(other);
  const RunResult result =
      run(devcontainer({"exec", "--workspace-folder", other.folder.string(), "--remote-env",
                        "D=given", "--remote-env", "B=given", "sh", "-c", "echo $A $B $C $D"}));
  EXPECT_EQ(result.out, "container remote container-c given\n") << result.text();
}

TEST_F(Exec, SaysThatThereIsNoContainer) {
  const Workspace other = workspace({}, "other");
  const RunResult result = run(exec(other, {"true"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("Dev container not found."), std::string::npos) << result.text();
  EXPECT_EQ(result.out, "");
}

TEST_F(Exec, FindsTheContainerById) {
  const std::string id = instances().at(0).id;
  EXPECT_EQ(run(devcontainer({"exec", "--container-id", id, "echo", "here"})).out, "here\n");
}

/// Each signal that a command may get from its caller's terminal or supervisor.
class ExecSignals : public Exec, public ::testing::WithParamInterface<const char*> {};

int number_of(const std::string& name) {
  if (name == "INT") return SIGINT;
  if (name == "TERM") return SIGTERM;
  return name == "HUP" ? SIGHUP : SIGQUIT;
}

TEST_P(ExecSignals, ReachTheCommandInside) {
  const std::string name = GetParam();
  ChildProcess child(command("trap 'echo got " + name + "; exit 5' " + name +
                             "; echo ready; while :; do sleep 0.1; done"));
  ASSERT_TRUE(child.wait_for_output("ready", milliseconds(20'000)));
  child.signal(number_of(name));
  EXPECT_TRUE(child.wait_for_output("got " + name, milliseconds(10'000)));
  const RunResult result = child.finish();
  EXPECT_EQ(result.exit_code, 5) << result.text();
}

TEST_P(ExecSignals, EndTheCommandInsideThatDoesNotMind) {
  const std::string name = GetParam();
  ChildProcess child(command("echo ready; exec sleep 1000"));
  ASSERT_TRUE(child.wait_for_output("ready", milliseconds(20'000)));
  child.signal(number_of(name));
  const RunResult result = child.finish();
  EXPECT_EQ(result.exit_code, 128 + number_of(name)) << result.text();
  EXPECT_LT(result.duration, milliseconds(20'000));
  // TearDown checks that no `sleep 1000` is left inside.
}

INSTANTIATE_TEST_SUITE_P(All, ExecSignals, ::testing::Values("INT", "TERM", "HUP", "QUIT"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace fairlead::test
