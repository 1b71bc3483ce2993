// `exec` and `up` on a terminal: raw mode, sizes, keys.

#include "fixture.hpp"

#include <csignal>

namespace fairlead::test {
namespace {

class TerminalExec : public DockerTest {
 protected:
  /// `exec` on a terminal, in a container that is already up.
  RunRequest command(const std::string& script) {
    if (project_.folder.empty()) {
      project_ = workspace();
      must_up(project_);
    }
    RunRequest request = exec(project_, {"sh", "-c", script});
    request.terminal = true;
    return request;
  }

  /// The same by a shell that says "same" when the terminal is afterwards as it was before.
  static RunRequest between_looks(RunRequest request) {
    std::string line = "stty -g > $TMPDIR/before; ";
    for (const std::string& word : request.argv) line += "'" + word + "' ";
    request.argv = {"/bin/sh", "-c",
                    line + "; stty -g | cmp - $TMPDIR/before && echo same; rm $TMPDIR/before"};
    return request;
  }

 private:
  Workspace project_;
};

TEST_F(TerminalExec, GivesTheCommandATerminalOfTheSameSize) {
  // Engines before 23 take the size only once the command runs.
  const RunResult result =
      run(command("test -t 0 && test -t 1 && test -t 2 && "
                  "until stty size 2>/dev/null | grep '30 100'; do sleep 0.1; done; echo $TERM"));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_NE(result.out.find("30 100"), std::string::npos) << result.text();
  EXPECT_NE(result.out.find("xterm"), std::string::npos) << result.text();
}

TEST_F(TerminalExec, FollowsResizes) {
  ChildProcess child(command("trap 'stty size' WINCH; echo ready; while :; do sleep 0.1; done"));
  ASSERT_TRUE(child.wait_for_output("ready", milliseconds(20'000)));
  child.resize(41, 77);
  EXPECT_TRUE(child.wait_for_output("41 77", milliseconds(10'000))) << child.out();
  child.write("\x03");
  EXPECT_EQ(child.finish().exit_code, 130);
}

TEST_F(TerminalExec, PassesControlKeysInside) {
  ChildProcess child(
      command("trap 'echo interrupted; exit 4' INT; echo ready; while :; do sleep 0.1; done"));
  ASSERT_TRUE(child.wait_for_output("ready", milliseconds(20'000)));
  ASSERT_TRUE(child.wait_for([&] { return !child.echoes(); }, milliseconds(20'000)));
  child.write("\x03");
  EXPECT_TRUE(child.wait_for_output("interrupted", milliseconds(10'000))) << child.out();
  EXPECT_EQ(child.finish().exit_code, 4);
}

TEST_F(TerminalExec, EchoesOnce) {
  ChildProcess child(command("sleep 0.5; echo ready; read x; echo got-$x"));
  // Typed before the command reads, and perhaps before it runs.
  ASSERT_TRUE(child.wait_for([&] { return !child.echoes(); }, milliseconds(20'000)));
  child.write("word\r");
  ASSERT_TRUE(child.wait_for_output("got-word", milliseconds(10'000))) << child.out();
  const RunResult result = child.finish();
  const auto first = result.out.find("word");
  const auto second = result.out.find("word", first + 1);
  EXPECT_EQ(result.out.find("word", second + 1), std::string::npos) << result.text();
}

TEST_F(TerminalExec, ShowsNoKeysOnceTheCommandRuns) {
  ChildProcess child(command("stty -echo; echo ready; read x; echo got-$x"));
  ASSERT_TRUE(child.wait_for_output("ready", milliseconds(20'000)));
  child.write("word\r");
  ASSERT_TRUE(child.wait_for_output("got-word", milliseconds(10'000))) << child.out();
  const RunResult result = child.finish();
  EXPECT_EQ(result.out.find("word"), result.out.rfind("word")) << result.text();
}

TEST_F(TerminalExec, RestoresTheTerminal) {
  const RunResult result = run(between_looks(command("exit 0")));
  EXPECT_NE(result.out.find("same"), std::string::npos) << result.text();
}

TEST_F(TerminalExec, RestoresTheTerminalOfACommandThatCannotBeStarted) {
  RunRequest request = command("true");
  request.argv[request.argv.size() - 3] = "/no/such/program";
  const RunResult result = run(between_looks(std::move(request)));
  EXPECT_NE(result.out.find("same"), std::string::npos) << result.text();
  EXPECT_NE(result.out.find("/no/such/program"), std::string::npos) << result.text();
}

TEST_F(TerminalExec, RestoresTheTerminalWhenTerminated) {
  ChildProcess child(between_looks(command("echo ready; sleep 1000")));
  ASSERT_TRUE(child.wait_for_output("ready", milliseconds(20'000)));
  for (const std::string& process : marked_processes("FLTEST_RUN", test_run().id())) {
    if (process.find(devcontainer_binary()) != std::string::npos &&
        process.find("/bin/sh -c") == std::string::npos) {
      ::kill(std::atoi(process.c_str()), SIGTERM);
    }
  }
  EXPECT_TRUE(child.wait_for_output("same", milliseconds(20'000))) << child.out();
  child.finish();
}

TEST_F(TerminalExec, ShowsStepsOfUpWithoutJsonForPeople) {
  const Workspace project = workspace(R"("postCreateCommand": "echo hook-output")", "steps");
  RunRequest request = fairlead({"up", "--wait", "--workspace-folder", project.folder.string()});
  request.terminal = true;
  const RunResult result = run(std::move(request));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(result.out.find("\"outcome\""), std::string::npos) << result.text();
}

}  // namespace
}  // namespace fairlead::test
