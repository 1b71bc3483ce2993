// Lifecycle commands: their order, their three forms, what they see, what a failure does. LIFE-*.

#include "fixture.hpp"

namespace fairlead::test {
namespace {

class Hooks : public DockerTest {};

/// Appends a word to a file in the workspace.
std::string note(const std::string& word) { return "echo " + word + " >> order"; }

TEST_F(Hooks, RunInOrderAndOncePerOccasion) {  // edge case 59, LIFE-001, 002, 003, 005, 006, 022
  const Workspace project = workspace(
      R"("initializeCommand": ")" + note("initialize") + R"(", "onCreateCommand": ")" +
      note("onCreate") + R"(", "updateContentCommand": ")" + note("updateContent") +
      R"(", "postCreateCommand": ")" + note("postCreate") + R"(", "postStartCommand": ")" +
      note("postStart") + R"(", "postAttachCommand": ")" + note("postAttach") + "\"");
  const std::string first = must_up(project);
  EXPECT_EQ(project.read("order"),
            "initialize\nonCreate\nupdateContent\npostCreate\npostStart\npostAttach\n");
  project.write("order", "");
  EXPECT_EQ(must_up(project), first);
  EXPECT_EQ(project.read("order"), "initialize\npostAttach\n");
  project.write("order", "");
  target().stop(test_run(), first);
  EXPECT_EQ(must_up(project), first);
  EXPECT_EQ(project.read("order"), "initialize\npostStart\npostAttach\n");
}

TEST_F(Hooks, TakeAStringThroughTheShellAndAnArrayWithout) {  // CFG-061, CFG-064, CFG-065
  const Workspace project = workspace(
      R"("onCreateCommand": "echo $((1+1)) > string",
         "postCreateCommand": ["sh", "-c", "echo \"$1\" > array", "sh", "$((1+1)) a  b"])");
  must_up(project);
  EXPECT_EQ(project.read("string"), "2\n");
  EXPECT_EQ(project.read("array"), "$((1+1)) a  b\n");
}

TEST_F(Hooks, RunTheMembersOfAnObjectSideBySide) {  // CFG-066, LIFE-011
  // Each waits for the other: one after the other they would never end.
  const Workspace project = workspace(
      R"("postCreateCommand": {
           "one": "touch a; i=0; until test -e b || test $i = 100; do sleep 0.1; i=$((i+1)); done; test -e b",
           "two": ["sh", "-c", "touch b; i=0; until test -e a || test $i = 100; do sleep 0.1; i=$((i+1)); done; test -e a"]})");
  must_up(project);
}

TEST_F(Hooks, StopAtTheFirstThatFails) {  // edge case 60, LIFE-012, 013
  const Workspace project = workspace(
      R"("onCreateCommand": {"bad": "echo to-stdout; echo to-stderr >&2; exit 3", "good": "touch good"},
         "postCreateCommand": "touch later")");
  const RunResult result = run(up(project));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(json_at(result.out, "/outcome"), "error") << result.text();
  EXPECT_EQ(json_at(result.out, "/description"),
            "bad of onCreateCommand from devcontainer.json failed.")
      << result.text();
  EXPECT_NE(result.err.find("to-stderr"), std::string::npos) << result.text();
  EXPECT_TRUE(std::filesystem::exists(project.folder / "good"));
  EXPECT_FALSE(std::filesystem::exists(project.folder / "later"));
  EXPECT_EQ(instances().size(), 1U) << "the container stays for a look";
  EXPECT_EQ(json_at(result.out, "/containerId"), instances().at(0).id);
}

TEST_F(Hooks, AnInitializeCommandThatIsNotThereMakesNothing) {
  const Workspace project = workspace(R"("initializeCommand": ["fairlead-no-such-program"])");
  const RunResult result = run(up(project));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(json_at(result.out, "/description"),
            "The initializeCommand in the devcontainer.json failed.")
      << result.text();
  EXPECT_TRUE(instances().empty());
}

TEST_F(Hooks, AFailedInitializeCommandMakesNothing) {  // LIFE-002
  const Workspace project = workspace(R"("initializeCommand": "exit 4")");
  const RunResult result = run(up(project));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.out.find("initializeCommand"), std::string::npos) << result.text();
  EXPECT_TRUE(instances().empty());
}

TEST_F(Hooks, SeeTheEnvironmentInItsOrder) {  // edge case 62, USER-010
  const Workspace project = workspace(
      R"("containerEnv": {"A": "container", "B": "container", "C": "container"},
         "remoteEnv": {"B": "remote"},
         "postCreateCommand": "echo $A $B $C $D > seen")");
  const RunResult result = run(up(project, {"--remote-env", "B=given", "--remote-env", "D=given"}));
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(project.read("seen"), "container remote container given\n");
}

TEST_F(Hooks, SayWhyNothingCanRunAsTheUser) {
  const Workspace project =
      workspace(R"("remoteUser": "fairlead-nobody", "postCreateCommand": "true")");
  for (const std::vector<std::string>& more :
       std::vector<std::vector<std::string>>{{}, {"--skip-post-create"}}) {
    const RunResult result = run(up(project, more));
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.err.find("unable to find user fairlead-nobody"), std::string::npos)
        << result.text();
  }
}

/// Nobody has to have a home to be there.
TEST_F(Hooks, EnterAsAUserWithoutAHome) {
  const Workspace project = workspace();
  project.write(".devcontainer/Dockerfile",
                "FROM fairlead-test/busybox\nRUN echo svc:x:1001:1001:::/bin/sh >>/etc/passwd\n");
  project.write(".devcontainer/devcontainer.json", R"({"build": {"dockerfile": "Dockerfile"},
      "remoteUser": "svc", "updateRemoteUserUID": false, "postCreateCommand": "true"})");
  must_up(project);
  EXPECT_EQ(must_exec(project, "id -u"), "1001\n");
}

TEST_F(Hooks, RunAsTheRemoteUserInTheWorkspace) {
  const Workspace project =
      workspace(R"("postCreateCommand": "id -un > /tmp/who; pwd >> /tmp/who")");
  must_up(project);
  EXPECT_EQ(must_exec(project, "cat /tmp/who"), "root\n" + project.inside() + "\n");
}

TEST_F(Hooks, ReadTheUsersShellProfile) {  // userEnvProbe
  if (!engine().has_image("fairlead-test/user")) GTEST_SKIP() << "skipped: no image with a user";
  const Workspace project = workspace();
  project.write(".devcontainer/devcontainer.json", R"({"image": "fairlead-test/user",
      "updateRemoteUserUID": false, "workspaceMount": "", "workspaceFolder": "/home/dev",
      "postCreateCommand": "echo $FAIRLEAD_TEST_PROFILE $USER_OF_HOOK > ~/seen"})");
  must_up(project);
  EXPECT_EQ(must_exec(project, "cat ~/seen; id -un; echo $FAIRLEAD_TEST_PROFILE"),
            "yes\ndev\nyes\n");
}

TEST_F(Hooks, CanBeSkipped) {
  const Workspace project =
      workspace(R"("onCreateCommand": ")" + note("onCreate") + R"(", "postCreateCommand": ")" +
                note("postCreate") + R"(", "postAttachCommand": ")" + note("postAttach") + "\"");
  EXPECT_EQ(run(up(project, {"--skip-post-create"})).exit_code, 0);
  EXPECT_EQ(project.read("order"), "");
  EXPECT_EQ(run(up(project, {"--skip-post-attach"})).exit_code, 0);
  EXPECT_EQ(project.read("order"), "onCreate\npostCreate\n");
}

TEST_F(Hooks, ReportTheirProgressAsJson) {
  const Workspace project =
      workspace(R"("postCreateCommand": "echo hook-output; echo ::step::half way")");
  const RunResult result = run(up(project, {"--log-format", "json"}));
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_NE(result.err.find("\"Running postCreateCommand...\""), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("hook-output"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find(R"("stepDetail":"half way","channel":"postCreate")"), std::string::npos)
      << result.err;
}

}  // namespace
}  // namespace fairlead::test
