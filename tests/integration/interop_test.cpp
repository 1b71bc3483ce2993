// Containers of ours that the reference CLI finds, and the reverse.

#include "fixture.hpp"

namespace fairlead::test {
namespace {

class Interop : public DockerTest {
 protected:
  void SetUp() override {
    if (reference_cli().empty()) GTEST_SKIP() << "skipped: no reference CLI";
    DockerTest::SetUp();
  }

  RunRequest reference(std::vector<std::string> words) {
    RunRequest request = with_program(reference_cli(), devcontainer(std::move(words)));
    request.timeout = milliseconds(120'000);
    return request;
  }
  RunRequest reference_up(const Workspace& project) {
    return reference({"up", "--buildkit", "never", "--workspace-folder", project.folder.string()});
  }
};

TEST_F(Interop, TheReferenceFindsOurContainer) {
  const Workspace project = workspace(R"("remoteEnv": {"A": "b"})");
  const std::string id = must_up(project);
  const RunResult theirs = run(reference_up(project));
  ASSERT_EQ(theirs.exit_code, 0) << theirs.text();
  EXPECT_EQ(json_at(theirs.out, "/containerId"), id);
  const RunResult inside = run(reference(
      {"exec", "--workspace-folder", project.folder.string(), "sh", "-c", "echo $A; pwd"}));
  EXPECT_EQ(inside.out, "b\n" + project.inside() + "\n") << inside.text();
}

TEST_F(Interop, WeFindTheReferencesContainer) {
  const Workspace project = workspace(R"("remoteEnv": {"A": "b"})");
  const RunResult theirs = run(reference_up(project));
  ASSERT_EQ(theirs.exit_code, 0) << theirs.text();
  EXPECT_EQ(must_up(project), json_at(theirs.out, "/containerId"));
  EXPECT_EQ(must_exec(project, "echo $A; pwd"), "b\n" + project.inside() + "\n");
}

TEST_F(Interop, TheReferenceRunsNoHookOfOursAgain) {
  const Workspace project = workspace(R"("postCreateCommand": "echo once >> runs")");
  must_up(project);
  ASSERT_EQ(run(reference_up(project)).exit_code, 0);
  must_up(project);
  EXPECT_EQ(project.read("runs"), "once\n");
}

TEST_F(Interop, WeRunNoHookOfTheReferencesAgain) {
  const Workspace project = workspace(R"("postCreateCommand": "echo once >> runs")");
  ASSERT_EQ(run(reference_up(project)).exit_code, 0);
  must_up(project);
  EXPECT_EQ(project.read("runs"), "once\n");
}

TEST_F(Interop, BothReadTheSameConfiguration) {
  const Workspace project = workspace(
      R"("name": "${localWorkspaceFolderBasename}", "remoteEnv": {"A": "${localEnv:HOME}"},
         "forwardPorts": [3000], "portsAttributes": {"3000": {"label": "x"}})");
  const std::vector<std::string> words = {"read-configuration", "--workspace-folder",
                                          project.folder.string(),
                                          "--include-merged-configuration"};
  const RunResult ours = run(devcontainer(words));
  const RunResult theirs = run(reference(words));
  ASSERT_EQ(theirs.exit_code, 0) << theirs.text();
  ASSERT_EQ(ours.exit_code, 0) << ours.text();
  for (const char* member : {"/configuration", "/workspace", "/mergedConfiguration"}) {
    EXPECT_EQ(json_at(ours.out, member), json_at(theirs.out, member));
  }
}

TEST_F(Interop, BothSeeTheSameContainerOfADockerfile) {
  const Workspace project = workspace();
  project.write(".devcontainer/Dockerfile",
                "FROM " + base_image + "\nENV FROM_FILE=yes\nLABEL example=1\n");
  project.write(".devcontainer/devcontainer.json", R"({"build": {"dockerfile": "Dockerfile"}})");
  const RunResult theirs = run(reference_up(project));
  ASSERT_EQ(theirs.exit_code, 0) << theirs.text();
  EXPECT_EQ(must_up(project), json_at(theirs.out, "/containerId"));
  EXPECT_EQ(must_exec(project, "echo $FROM_FILE"), "yes\n");
}

}  // namespace
}  // namespace fairlead::test
