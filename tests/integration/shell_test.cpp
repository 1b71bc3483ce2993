// `shell`, `run`, and what ends with the last session.

#include "fixture.hpp"

namespace fairlead::test {
namespace {

class Shell : public DockerTest {
 protected:
  RunRequest own(const std::string& command, const Workspace& project,
                 std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {command, "--workspace-folder", project.folder.string()};
    words.insert(words.end(), more.begin(), more.end());
    return fairlead(std::move(words));
  }
  RunRequest with_input(RunRequest request, std::string input) const {
    request.input = std::move(input);
    return request;
  }
  std::string state_of(const std::string& id) const {
    return engine().state_of(id).value_or("none");
  }
};

constexpr const char* keep = R"("shutdownAction": "none")";

TEST_F(Shell, IsTheUsersShellOnATerminal) {  // VSC-016
  const Workspace project = workspace(
      std::string(keep) + R"(, "remoteEnv": {"A": "b c"}, "containerEnv": {"SHELL": "/bin/sh"})");
  must_up(project);
  RunRequest request = own("shell", project);
  request.terminal = true;
  ChildProcess child(std::move(request));
  child.write("echo \"<$A|$SHELL|$PWD>\"; test -t 0 && exit 7\r");
  EXPECT_TRUE(child.wait_for_output("<b c|/bin/sh|" + project.inside() + ">", milliseconds(20'000)))
      << child.out();
  EXPECT_EQ(child.finish().exit_code, 7);
}

TEST_F(Shell, ReadsCommandsWithoutATerminal) {
  const Workspace project = workspace(keep);
  must_up(project);
  const RunResult result = run(with_input(own("shell", project), "echo $((40 + 2))\nexit 5\n"));
  EXPECT_EQ(result.out, "42\n") << result.text();
  EXPECT_EQ(result.exit_code, 5);
}

TEST_F(Shell, DoesWithoutAShellThatIsNotThere) {
  const Workspace project = workspace(
      std::string(keep) + R"(, "userEnvProbe": "none", "containerEnv": {"SHELL": "/no/such"})");
  must_up(project);
  const RunResult result = run(with_input(own("shell", project), "echo in\n"));
  EXPECT_EQ(result.out, "in\n") << result.text();
  EXPECT_NE(result.err.find("/no/such cannot be used"), std::string::npos) << result.err;
}

TEST_F(Shell, SaysWhenThereIsNothing) {
  const RunResult result = run(own("shell", workspace()));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("fairlead up"), std::string::npos) << result.text();
}

TEST_F(Shell, StopsTheContainerWithTheLastSession) {  // CFG-042, VSC-010
  const Workspace project = workspace();
  const std::string id = must_up(project);
  RunRequest request = own("shell", project);
  request.keep_input = true;
  ChildProcess first(std::move(request));
  first.write("echo first\n");
  ASSERT_TRUE(first.wait_for_output("first", milliseconds(20'000))) << first.err();
  EXPECT_EQ(run(with_input(own("shell", project), "echo second\n")).out, "second\n");
  EXPECT_EQ(state_of(id), "running") << "the first session goes on";
  EXPECT_EQ(run(own("exec", project, {"true"})).exit_code, 0);
  EXPECT_EQ(state_of(id), "running") << "a command is no session";
  first.close_input();
  EXPECT_EQ(first.finish().exit_code, 0);
  EXPECT_EQ(state_of(id), "exited");
}

TEST_F(Shell, LeavesTheContainerWithShutdownActionNone) {
  const Workspace project = workspace(keep);
  const std::string id = must_up(project);
  run(with_input(own("shell", project), "true\n"));
  EXPECT_EQ(state_of(id), "running");
}

TEST_F(Shell, RunIsAWholeJob) {
  const Workspace project = workspace(R"("postCreateCommand": "echo made > made")");
  const RunResult result = run(own("run", project, {"--", "sh", "-c", "cat made; exit 9"}));
  EXPECT_EQ(result.out, "made\n") << result.text();
  EXPECT_EQ(result.exit_code, 9);
  EXPECT_TRUE(instances().empty());
}

TEST_F(Shell, RunRemovesWhatFailed) {
  const Workspace project = workspace(R"("postCreateCommand": "exit 3")");
  const RunResult result = run(own("run", project, {"true"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("postCreateCommand"), std::string::npos) << result.text();
  EXPECT_TRUE(instances().empty());
}

TEST_F(Shell, RunRemovesWhatIsInterrupted) {
  const Workspace project = workspace();
  ChildProcess child(own("run", project, {"sh", "-c", "echo ready; sleep 1000"}));
  ASSERT_TRUE(child.wait_for_output("ready", milliseconds(30'000))) << child.err();
  child.signal(2);
  EXPECT_EQ(child.finish().exit_code, 130);
  EXPECT_TRUE(instances().empty());
}

TEST_F(Shell, RunLeavesWhatWasThere) {
  const Workspace project = workspace();
  const std::string id = must_up(project);
  EXPECT_EQ(run(own("run", project, {"true"})).exit_code, 0);
  EXPECT_EQ(state_of(id), "running");
}

TEST_F(Shell, RunWithoutACommandIsAMistake) {
  const RunResult result = run(own("run", workspace()));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("cmd"), std::string::npos) << result.text();
}

}  // namespace
}  // namespace fairlead::test
