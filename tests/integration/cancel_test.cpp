// Every long operation, cancelled at 0, 50 and 500 ms and later: it stops promptly, says so, leaves
// nothing running, and the next `up` converges.

#include "fixture.hpp"

#include <csignal>

namespace fairlead::test {
namespace {

class Cancel : public DockerTest, public ::testing::WithParamInterface<int> {
 protected:
  /// Ctrl-C `after` the start; the program must then end soon.
  static RunResult interrupted(RunRequest request, milliseconds after) {
    ChildProcess child(std::move(request));
    child.wait_for([] { return false; }, after);
    child.signal_group(SIGINT);
    const auto sent = std::chrono::steady_clock::now();
    RunResult result = child.finish();
    EXPECT_LT(std::chrono::steady_clock::now() - sent, milliseconds(12'000)) << result.text();
    EXPECT_FALSE(result.timed_out) << result.text();
    return result;
  }

  /// 130, or 0 when it was done before, or the same thing said by the signal itself.
  static void expect_interrupted(const RunResult& result) {
    EXPECT_TRUE(result.exit_code == 130 || result.exit_code == 0 || result.exit_code == 1)
        << result.text();
  }

  milliseconds delay() const { return milliseconds(GetParam()); }
};

TEST_P(Cancel, UpOfAnImage) {
  const Workspace project = workspace(R"("postCreateCommand": "sleep 1")");
  expect_interrupted(interrupted(up(project), delay()));
  must_up(project);
}

TEST_P(Cancel, UpThatBuilds) {
  const Workspace project = workspace();
  project.write(".devcontainer/Dockerfile",
                "FROM " + base_image + "\nRUN echo " + test_run().id() + " && sleep 2\n");
  project.write(".devcontainer/devcontainer.json", R"({"build": {"dockerfile": "Dockerfile"}})");
  expect_interrupted(interrupted(up(project), delay()));
  EXPECT_TRUE(instances().size() <= 1);
  must_up(project);
}

TEST_P(Cancel, UpInAHook) {
  const Workspace project =
      workspace(R"("onCreateCommand": "if test ! -e once; then touch once; sleep 100; fi")");
  ChildProcess child(fairlead({"up", "--workspace-folder", project.folder.string()}));
  ASSERT_TRUE(child.wait_for([&] { return std::filesystem::exists(project.folder / "once"); },
                             milliseconds(30'000)));
  child.wait_for([] { return false; }, delay());
  child.signal_group(SIGINT);
  const RunResult result = child.finish();
  EXPECT_EQ(result.exit_code, 130) << result.text();
  EXPECT_FALSE(result.err.empty()) << "what was left is said";
  for (const std::string& process : target().processes(test_run())) {
    EXPECT_EQ(process.find("sleep 100"), std::string::npos) << "the hook goes on inside";
  }
  const RunResult again = run(fairlead({"up", "--workspace-folder", project.folder.string()}));
  EXPECT_EQ(again.exit_code, 0) << again.text();
}

TEST_P(Cancel, ExecOfACommandThatDoesNotEnd) {
  const Workspace project = workspace();
  must_up(project);
  const RunResult result = interrupted(exec(project, {"sleep", "1000"}), delay());
  EXPECT_NE(result.exit_code, 0) << result.text();
  // TearDown checks that no `sleep 1000` is left inside.
}

TEST_P(Cancel, LogsThatAreFollowed) {
  const Workspace project = workspace();
  must_up(project);
  expect_interrupted(interrupted(
      fairlead({"logs", "--follow", "--workspace-folder", project.folder.string()}), delay()));
}

TEST_P(Cancel, StopAndDown) {
  const Workspace project = workspace();
  must_up(project);
  for (const char* operation : {"stop", "down"}) {
    expect_interrupted(
        interrupted(fairlead({operation, "--workspace-folder", project.folder.string()}), delay()));
    must_up(project);
  }
}

INSTANTIATE_TEST_SUITE_P(After, Cancel, ::testing::Values(0, 50, 500),
                         [](const auto& test) { return std::to_string(test.param) + "ms"; });

}  // namespace
}  // namespace fairlead::test
