// What a day with an environment brings: other users, ports and folders, debuggers, containers of
// others, Docker from inside.

#include "fixture.hpp"

namespace fairlead::test {
namespace {

constexpr const char* whole_image = "fairlead-test/host";

class Daily : public DockerTest {
 protected:
  RunResult own(const std::string& command, const Workspace& project,
                std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {command, "--workspace-folder", project.folder.string()};
    words.insert(words.end(), more.begin(), more.end());
    return run(fairlead(std::move(words)));
  }
  Workspace with_image(const std::string& image, const std::string& members) {
    const Workspace project = workspace();
    project.write(".devcontainer/devcontainer.json",
                  R"({"image": ")" + image + "\", " + members + "}");
    return project;
  }
  std::string port_of(const std::string& id, const std::string& port) const {
    return json_at(engine().inspect(id), "/HostConfig/PortBindings/" + port + "~1tcp/0/HostIp");
  }
  /// A running container that no tool of ours made, with `metadata` as its label.
  std::string foreign(const std::string& metadata) const {
    const std::string label = test_folder() + "/none";
    const std::string made =
        engine().request("POST", "/containers/create",
                         R"({"Image": ")" + std::string(base_image) +
                             R"(", "Cmd": ["sh", "-c", "while sleep 1; do :; done"], "Labels": )" +
                             R"({"devcontainer.local_folder": ")" + label +
                             R"(", "devcontainer.metadata": )" + metadata + "}}");
    const std::string id = json_at(made, "/Id");
    engine().request("POST", "/containers/" + id + "/start");
    return id;
  }
  std::string test_folder() const { return folder_; }
  void SetUp() override {
    DockerTest::SetUp();
    if (!IsSkipped()) folder_ = test_run().below("work").string();
  }

 private:
  std::string folder_;
};

TEST_F(Daily, AnotherRemoteUserNeedsNoOtherContainer) {  // USER-005
  const Workspace project = workspace();
  const std::string id = must_own_up(project);
  EXPECT_EQ(must_exec(project, "id -u"), "0\n");
  project.configure(R"("remoteUser": "nobody")");
  EXPECT_EQ(must_exec(project, "id -un"), "nobody\n");
  EXPECT_EQ(must_own_up(project), id);
  EXPECT_EQ(must_exec(project, "id -un"), "nobody\n");
}

TEST_F(Daily, PortsStayUntilARebuild) {  // PORT-016
  const Workspace project = workspace(R"("appPort": ["127.0.0.1::8000"])");
  const std::string id = must_own_up(project);
  project.configure(R"("appPort": ["127.0.0.1::9000"])");
  EXPECT_EQ(must_own_up(project), id);
  EXPECT_EQ(port_of(id, "8000"), "127.0.0.1");
  ASSERT_EQ(own("rebuild", project).exit_code, 0);
  const std::string rebuilt = instances().at(0).id;
  EXPECT_NE(rebuilt, id);
  EXPECT_EQ(port_of(rebuilt, "9000"), "127.0.0.1");
}

TEST_F(Daily, TheFilesAreTheSameInsideAndOutside) {  // VSC-002
  const Workspace project = workspace();
  project.write("before", "outside\n");
  must_own_up(project);
  EXPECT_EQ(must_exec(project, "cat before; echo inside > made"), "outside\n");
  ASSERT_EQ(own("stop", project).exit_code, 0);
  EXPECT_EQ(project.read("made"), "inside\n");
  must_own_up(project);
  ASSERT_EQ(own("down", project).exit_code, 0);
  EXPECT_EQ(project.read("before") + project.read("made"), "outside\ninside\n");
  must_own_up(project);
  EXPECT_EQ(must_exec(project, "cat before made"), "outside\ninside\n");
}

TEST_F(Daily, ADebuggerMayAttach) {  // VSC-017
  // CAP_SYS_PTRACE is bit 19: the sixth digit from the right, 8 of it. Both spellings of years.
  for (const std::string members :
       {R"("capAdd": ["SYS_PTRACE"], "securityOpt": ["seccomp=unconfined"])",
        R"("runArgs": ["--cap-add=SYS_PTRACE", "--security-opt", "seccomp=unconfined"])"}) {
    const Workspace project = workspace(members);
    must_own_up(project);
    EXPECT_EQ(must_exec(project,
                        "while read -r name value; do case $name in CapEff:) "
                        "echo $((0x$value >> 19 & 1)) ;; Seccomp:) echo $value ;; esac; "
                        "done </proc/self/status"),
              "1\n0\n");
    ASSERT_EQ(own("down", project).exit_code, 0);
  }
}

TEST_F(Daily, OtherFoldersVolumesAndVariables) {  // VSC-021
  const auto extra = test_run().below("work") / "extra";
  write_file(extra / "file", "from the host\n");
  const auto volume = "extensions-" + test_run().id();
  const Workspace project = workspace(
      R"("mounts": ["type=bind,source=)" + extra.string() + R"(,target=/extra,readonly", )" +
      R"({"type": "volume", "source": ")" + volume + R"(", "target": "/root/.editor"}], )" +
      R"("containerEnv": {"WHERE": "${localWorkspaceFolderBasename}"}, )" +
      R"("workspaceMount": "type=bind,source=${localWorkspaceFolder},target=/src", )" +
      R"("workspaceFolder": "/src", "postCreateCommand": "echo installed > /root/.editor/x")");
  must_own_up(project);
  EXPECT_EQ(must_exec(project, "pwd; cat /extra/file; echo $WHERE; touch /extra/no 2>&1 | wc -l"),
            "/src\nfrom the host\n" + project.base() + "\n1\n");
  ASSERT_EQ(own("rebuild", project).exit_code, 0);
  EXPECT_EQ(must_exec(project, "cat /root/.editor/x"), "installed\n");
  EXPECT_EQ(own("down", project, {"--volumes"}).exit_code, 0);
}

TEST_F(Daily, DockerWorksFromInside) {  // VSC-024
  const std::string docker = variable("FAIRLEAD_TEST_DOCKER");
  if (docker.empty()) GTEST_SKIP() << "skipped: no docker client";
  const Workspace project =
      with_image(whole_image, R"("mounts": ["type=bind,source=)" + engine().socket_path() +
                                  R"(,target=/var/run/docker.sock", "type=bind,source=)" + docker +
                                  R"(,target=/usr/local/bin/docker,readonly"])");
  const std::string id = must_own_up(project);
  EXPECT_EQ(must_exec(project, "docker ps -q --no-trunc --filter id=" + id), id + "\n");
}

/// An engine of its own in the container, with this machine's programs.
TEST_F(Daily, DockerRunsInside) {  // VSC-024
  if (!std::filesystem::exists("/usr/sbin/dockerd")) GTEST_SKIP() << "skipped: no engine to take";
  allow_processes_inside();
  const std::string volume = "fltest-inner-" + test_run().id();
  const Workspace project = with_image(
      whole_image, R"("privileged": true, "mounts": ["type=bind,source=/usr,target=/usr,readonly",
         "type=volume,source=)" +
                       volume + R"(,target=/var/lib/docker"], "postStartCommand":
         "setsid dockerd --iptables=false --bridge=none --storage-driver=vfs >/tmp/log 2>&1 </dev/null & until docker version >/dev/null 2>&1; do sleep 0.1; done")");
  must_own_up(project);
  EXPECT_EQ(must_exec(project,
                      "mkdir /tmp/c && cp /usr/bin/busybox /tmp/c && "
                      "tar -C /tmp/c -c . | docker import - inner >/dev/null && "
                      "docker run --rm --network none inner /busybox echo from inside"),
            "from inside\n");
  EXPECT_EQ(own("down", project, {"--volumes"}).exit_code, 0);
}

TEST_F(Daily, ForeignContainersTakeCommandsAndHooks) {  // VSC-008, LIFE-009, LIFE-028
  const std::string id = foreign(
      R"("[{\"remoteEnv\": {\"GIVEN\": \"yes\"}, \"postCreateCommand\": \"pwd >> /tmp/ran\"}]")");
  const auto inside = [&](const std::string& script) {
    return run(fairlead({"exec", "--container-id", id, "sh", "-c", script})).out;
  };
  for (int time = 0; time < 2; ++time) {
    const RunResult result = run(devcontainer({"set-up", "--container-id", id}));
    EXPECT_EQ(json_at(result.out, "/outcome"), "success") << result.text();
  }
  EXPECT_EQ(inside("cat /tmp/ran; echo $GIVEN"), inside("cd; pwd") + "yes\n") << "once, at home";
  RunRequest attach = fairlead({"attach", id});
  attach.input = "echo $GIVEN\n";
  EXPECT_EQ(run(std::move(attach)).out, "yes\n");
}

TEST_F(Daily, SetUpKnowsNoIdAsTheReference) {
  const std::string id = foreign(R"("[{\"remoteEnv\": {\"ID\": \"${devcontainerId}\"}}]")");
  const RunResult result =
      run(devcontainer({"set-up", "--container-id", id, "--include-merged-configuration"}));
  EXPECT_EQ(json_at(result.out, "/mergedConfiguration/remoteEnv/ID"), "${devcontainerId}")
      << result.text();
}

TEST_F(Daily, SetUpDoesNotNameTheContainerThatFails) {
  const std::string id = foreign(R"("[{\"postCreateCommand\": \"exit 5\"}]")");
  const RunResult result = run(devcontainer({"set-up", "--container-id", id}));
  EXPECT_EQ(result.exit_code, 1) << result.text();
  EXPECT_EQ(result.out, R"({"outcome":"error","message":"Command failed: /bin/sh -c exit 5",)"
                        R"("description":"postCreateCommand from devcontainer.json failed."})"
                        "\n");
}

TEST_F(Daily, AFeaturesObjectBlocksTheNextOne) {  // LIFE-015, LIFE-016
  const Workspace project = workspace(R"("features": {"./a": {}, "./b": {}})");
  project.write(".devcontainer/a/devcontainer-feature.json",
                R"({"id": "a", "version": "1.0.0", "name": "A", "initializeCommand": "touch never",
                    "onCreateCommand": {"one": "sleep 0.3; echo a1 >> log", "two": "true"}})");
  project.write(".devcontainer/b/devcontainer-feature.json",
                R"({"id": "b", "version": "1.0.0", "name": "B",
                    "onCreateCommand": "echo b >> log"})");
  for (const auto* name : {"a", "b"}) {
    project.write(".devcontainer/" + std::string(name) + "/install.sh", "#!/bin/sh\n:\n");
  }
  const RunResult result = run(up(project, {"--buildkit", "never"}));
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(project.read("log"), "a1\nb\n");
  EXPECT_FALSE(std::filesystem::exists(project.folder / "never"));
}

TEST_F(Daily, ParallelOutputIsLabelledByName) {  // LIFE-027
  const Workspace project = workspace(
      R"("postCreateCommand": {"left": "echo l1; sleep 0.2; echo l2", "right": "echo r1; sleep 0.1; echo r2"})");
  const RunResult result = run(own_up(project));
  ASSERT_EQ(result.exit_code, 0) << result.text();
  for (const std::string name : {"left", "right"}) {
    const auto letter = name.substr(0, 1);
    const auto title = result.err.find(name + " of postCreateCommand from");
    const auto lines = result.err.find("\n" + letter + "1\n" + letter + "2\n");
    ASSERT_NE(title, std::string::npos) << result.text();
    ASSERT_NE(lines, std::string::npos) << result.text();
    EXPECT_LT(title, lines) << result.text();
  }
}

}  // namespace
}  // namespace fairlead::test
