// What a user does with an environment, on every backend alike: the interfaces are not Docker in
// disguise. Only what a backend declares (identity, file system) may differ.

#include "fixture.hpp"
#include "support/wait.hpp"

#include <csignal>

namespace fairlead::test {
namespace {

class Orchestration : public IntegrationTest, public ::testing::WithParamInterface<std::string> {
 protected:
  std::string target_name() const override { return GetParam(); }
  bool keeps_identity() const { return GetParam() != "testbed"; }

  RunResult own(const std::string& command, const Workspace& project,
                const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {command, "--workspace-folder", project.folder.string()};
    words.insert(words.end(), more.begin(), more.end());
    return run(fairlead(std::move(words)));
  }
};

TEST_P(Orchestration, UpMakesOneRunningInstance) {
  const Workspace project = workspace();
  const std::string id = must_up(project);
  ASSERT_EQ(instances().size(), 1U);
  EXPECT_EQ(instances()[0].id, id);
  EXPECT_EQ(instances()[0].folder, project.folder);
  EXPECT_TRUE(instances()[0].running);
}

TEST_P(Orchestration, UpAgainFindsIt) {
  const Workspace project = workspace();
  EXPECT_EQ(must_up(project), must_up(project));
}

TEST_P(Orchestration, TheWorkspacesContentIsInside) {
  const Workspace project = workspace();
  project.write("src/file", "content");
  must_up(project);
  EXPECT_EQ(must_exec(project, "cat src/file; pwd"), "content" + project.inside() + "\n");
}

TEST_P(Orchestration, ExecHasEnvironmentStatusAndStreams) {
  const Workspace project =
      workspace(R"("containerEnv": {"A": "a"}, "remoteEnv": {"B": "${containerEnv:A}b"})");
  must_up(project);
  RunRequest request = exec(project, {"sh", "-c", "echo $A $B; cat; echo err >&2; exit 9"});
  request.input = "in";
  const RunResult result = run(std::move(request));
  EXPECT_EQ(result.exit_code, 9) << result.text();
  EXPECT_EQ(result.out, "a ab\nin");
  EXPECT_EQ(result.err, "err\n");
}

TEST_P(Orchestration, ExecPassesSignals) {
  const Workspace project = workspace();
  must_up(project);
  ChildProcess child(
      exec(project, {"sh", "-c", "trap 'exit 5' TERM; echo ready; while :; do sleep 0.1; done"}));
  ASSERT_TRUE(child.wait_for_output("ready", milliseconds(20'000)));
  child.signal(SIGTERM);
  EXPECT_EQ(child.finish().exit_code, 5);
}

TEST_P(Orchestration, ExecHasATerminal) {
  const Workspace project = workspace();
  must_up(project);
  RunRequest request = exec(
      project, {"sh", "-c", "until stty size 2>/dev/null | grep '30 100'; do sleep 0.1; done"});
  request.terminal = true;
  const RunResult result = run(std::move(request));
  EXPECT_NE(result.out.find("30 100"), std::string::npos) << result.text();
}

TEST_P(Orchestration, HooksRunInOrder) {
  const Workspace project = workspace(
      R"("onCreateCommand": "echo 1 >> order", "updateContentCommand": ["sh", "-c", "echo 2 >> order"],
         "postCreateCommand": {"a": "echo 3 >> order"}, "postStartCommand": "echo 4 >> order",
         "postAttachCommand": "echo 5 >> order")");
  must_up(project);
  EXPECT_EQ(must_exec(project, "cat order"), "1\n2\n3\n4\n5\n");
  must_up(project);
  EXPECT_EQ(must_exec(project, "cat order"), "1\n2\n3\n4\n5\n5\n");
}

TEST_P(Orchestration, AFailingHookIsReported) {
  const Workspace project = workspace(R"("postCreateCommand": "exit 3")");
  const RunResult result = run(up(project));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.out.find("postCreateCommand"), std::string::npos) << result.text();
}

TEST_P(Orchestration, StopAndUpResumesTheSameEnvironment) {
  const Workspace project = workspace(R"("postStartCommand": "echo start >> starts")");
  const std::string first = must_up(project);
  const RunResult stopped = own("stop", project);
  EXPECT_EQ(stopped.exit_code, 0) << stopped.text();
  ASSERT_EQ(instances().size(), 1U);
  // An engine's list may be a moment behind.
  EXPECT_TRUE(wait_until(std::chrono::milliseconds(5000), [&] { return !instances()[0].running; }));
  EXPECT_EQ(own("stop", project).exit_code, 0) << "stopping what is stopped succeeds";
  const std::string second = must_up(project);
  EXPECT_EQ(first == second, keeps_identity());
  EXPECT_EQ(must_exec(project, "cat starts"), "start\nstart\n");
}

TEST_P(Orchestration, AnInstanceThatDiedIsResumed) {
  const Workspace project = workspace();
  target().stop(test_run(), must_up(project));
  must_up(project);
  EXPECT_EQ(must_exec(project, "echo alive"), "alive\n");
}

TEST_P(Orchestration, DownRemovesIt) {
  const Workspace project = workspace();
  must_up(project);
  const RunResult down = own("down", project);
  EXPECT_EQ(down.exit_code, 0) << down.text();
  EXPECT_TRUE(instances().empty());
  EXPECT_EQ(own("down", project).exit_code, 0) << "removing what is gone succeeds";
}

TEST_P(Orchestration, ListAndStatusShowIt) {
  const Workspace project = workspace();
  EXPECT_EQ(own("status", project).exit_code, 0);
  const std::string id = must_up(project);
  const RunResult list = run(fairlead({"list", "--json"}));
  EXPECT_EQ(list.exit_code, 0) << list.text();
  EXPECT_NE(list.out.find(project.folder.string()), std::string::npos) << list.text();
  const RunResult status = own("status", project, {"--json"});
  EXPECT_NE(status.out.find(id), std::string::npos) << status.text();
  const auto backend = GetParam().substr(0, GetParam().find('-'));
  EXPECT_EQ(json_at(status.out, "/backend"), backend) << status.text();
}

TEST_P(Orchestration, LogsShowTheMainProcess) {  // VSC-028
  const Workspace project = workspace();
  must_up(project);
  const RunResult logs = own("logs", project);
  EXPECT_EQ(logs.exit_code, 0) << logs.text();
  EXPECT_NE(logs.out.find("Container started"), std::string::npos) << logs.text();
}

TEST_P(Orchestration, TwoUpsAtOnceShareOneInstance) {
  const Workspace project = workspace();
  ChildProcess first(up(project));
  const RunResult other = run(up(project));
  const RunResult one = first.finish();
  ASSERT_EQ(one.exit_code, 0) << one.text();
  ASSERT_EQ(other.exit_code, 0) << other.text();
  EXPECT_EQ(json_at(one.out, "/containerId"), json_at(other.out, "/containerId"));
}

TEST_P(Orchestration, KilledAtAnyMomentItConverges) {
  for (const int after : {0, 20, 50, 100, 150, 200, 300, 400, 600}) {
    SCOPED_TRACE("killed after " + std::to_string(after) + " ms");
    const Workspace project =
        workspace(R"("postCreateCommand": "echo done >> done")", "kill" + std::to_string(after));
    ChildProcess child(own_up(project));
    child.wait_for([] { return false; }, milliseconds(after));
    child.signal(SIGKILL);
    child.finish();
    EXPECT_EQ(must_own_up(project), must_own_up(project));
    EXPECT_EQ(must_exec(project, "tail -n 1 done"), "done\n");
  }
}

INSTANTIATE_TEST_SUITE_P(On, Orchestration, ::testing::Values("docker", "testbed"),
                         [](const auto& test) { return test.param; });
INSTANTIATE_TEST_SUITE_P(Podman, Orchestration, ::testing::Values("podman", "podman-command"),
                         [](const auto& test) {
                           return test.param == "podman" ? "Service" : "Command";
                         });

/// What only the test backend is: a runtime that lacks things.
class Capabilities : public IntegrationTest {
 protected:
  std::string target_name() const override { return "testbed"; }

  /// `up` must be refused before anything is made, with both words.
  void expect_refusal(const std::string& members, const std::string& property,
                      const std::string& capability) {
    const Workspace project = workspace(members, property);
    const RunResult result = run(fairlead({"up", "--workspace-folder", project.folder.string()}));
    EXPECT_EQ(result.exit_code, 1) << result.text();
    EXPECT_NE(result.err.find("'" + property + "'"), std::string::npos) << result.text();
    EXPECT_NE(result.err.find("'" + capability + "'"), std::string::npos) << result.text();
    EXPECT_TRUE(instances().empty());
  }
};

TEST_F(Capabilities, WhatIsMissingIsRefusedByPropertyAndCapability) {
  expect_refusal(R"("runArgs": ["--network=host"])", "runArgs", "run_args");
  expect_refusal(R"("appPort": 3000)", "appPort", "publish");
  expect_refusal(R"("privileged": true)", "privileged", "privileged");
  expect_refusal(R"("capAdd": ["SYS_PTRACE"])", "capAdd", "capabilities");
  expect_refusal(R"("mounts": ["type=bind,source=/tmp,target=/x"])", "mounts", "live_binds");
  test_run().set("FAIRLEAD_FEATURE_INSTALLER", "layers");
  expect_refusal(R"("features": {"./f": {}})", "features", "build");
}

TEST_F(Capabilities, WhatIsSwitchedOffIsRefused) {
  test_run().set("FAIRLEAD_PLUGINS__TESTBED__REFUSE", "named_volumes");
  expect_refusal(R"("mounts": ["type=volume,source=v,target=/x"])", "mounts", "named_volumes");
}

TEST_F(Capabilities, AFailureOfTheBackendIsReportedAndOvercome) {
  for (const char* operation : {"create", "start", "exec", "copy_in"}) {
    SCOPED_TRACE(operation);
    test_run().set("FAIRLEAD_PLUGINS__TESTBED__FAIL_AT", operation);
    const Workspace project = workspace(R"("postCreateCommand": "echo x > y")", operation);
    const RunResult result = run(up(project));
    EXPECT_EQ(result.exit_code, 1) << result.text();
    EXPECT_EQ(json_at(result.out, "/outcome"), "error") << result.text();
    must_up(project);
    EXPECT_EQ(must_exec(project, "cat y"), "x\n");
  }
}

}  // namespace
}  // namespace fairlead::test
