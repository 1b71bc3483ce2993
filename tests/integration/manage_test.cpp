// rebuild and what calls for it, list, status, stop and down.

#include "fixture.hpp"
#include "support/engine_proxy.hpp"
#include "support/web_server.hpp"

#include <atomic>

namespace fairlead::test {
namespace {

class Manage : public DockerTest {
 protected:
  RunResult own(const std::string& command, const Workspace& project,
                std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {command, "--workspace-folder", project.folder.string()};
    words.insert(words.end(), more.begin(), more.end());
    return run(fairlead(std::move(words)));
  }
  bool has_volume(const std::string& name) const {
    return engine().request("GET", "/volumes").find("\"" + name + "\"") != std::string::npos;
  }
};

TEST_F(Manage, UpSaysWhatChangedAndRebuildAppliesIt) {  // VSC-003
  const Workspace project = workspace(R"("containerEnv": {"A": "old"})");
  const std::string id = must_own_up(project);
  EXPECT_EQ(run(own_up(project)).err.find("has changed"), std::string::npos);
  project.configure(R"("containerEnv": {"A": "new"}, "remoteEnv": {"B": "x"})");
  const RunResult again = run(own_up(project));
  EXPECT_EQ(json_at(again.out, "/containerId"), id) << again.text();
  EXPECT_NE(again.err.find("(containerEnv); `fairlead rebuild` applies it"), std::string::npos)
      << again.text();
  const RunResult status = own("status", project, {"--json"});
  EXPECT_EQ(json_at(status.out, "/configurationChanged"), "true") << status.text();
  EXPECT_EQ(json_at(status.out, "/changedProperties/0"), "containerEnv");
  const RunResult rebuilt = own("rebuild", project, {"--json"});
  EXPECT_EQ(rebuilt.exit_code, 0) << rebuilt.text();
  EXPECT_NE(json_at(rebuilt.out, "/containerId"), id);
  EXPECT_EQ(must_exec(project, "echo $A $B"), "new x\n");
  EXPECT_EQ(json_at(own("status", project, {"--json"}).out, "/configurationChanged"), "false");
}

TEST_F(Manage, UpRebuildsWhenToldToIfSomethingChanged) {
  const Workspace project = workspace();
  const std::string id = must_own_up(project);
  RunResult result = own("up", project, {"--json", "--rebuild-if-changed"});
  EXPECT_EQ(json_at(result.out, "/containerId"), id) << result.text();
  project.configure(R"("init": true)");
  result = own("up", project, {"--json", "--rebuild-if-changed"});
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_NE(json_at(result.out, "/containerId"), id);
}

TEST_F(Manage, AFailedRebuildLeavesTheOldOne) {  // VSC-004
  const Workspace project = workspace();
  const std::string id = must_own_up(project);
  project.write(".devcontainer/Dockerfile", "FROM " + base_image + "\nRUN exit 3\n");
  project.write(".devcontainer/devcontainer.json", R"({"build": {"dockerfile": "Dockerfile"}})");
  const RunResult failed = own("rebuild", project, {"--json", "--buildkit", "never"});
  EXPECT_EQ(failed.exit_code, 1) << failed.text();
  EXPECT_EQ(instances().size(), 1U);
  EXPECT_EQ(instances().front().id, id);
  EXPECT_TRUE(instances().front().running);
}

TEST_F(Manage, TheDropInAddsNoLabelOfOurs) {
  const std::string id = must_up(workspace());
  EXPECT_EQ(engine().inspect(id).find("dev.fairlead"), std::string::npos);
}

TEST_F(Manage, StatusShowsTheEnvironmentOfABrokenConfiguration) {
  const Workspace project = workspace();
  must_own_up(project);
  project.write(".devcontainer/devcontainer.json", "{ broken");
  const RunResult status = own("status", project, {"--json"});
  EXPECT_EQ(status.exit_code, 0) << status.text();
  EXPECT_EQ(json_at(status.out, "/environment/state"), "running");
  EXPECT_NE(json_at(status.out, "/configurationFault"), "");
}

TEST_F(Manage, StatusSaysThatThereIsAConfigurationOnly) {  // VSC-006
  const RunResult status = own("status", workspace());
  EXPECT_EQ(status.exit_code, 0) << status.text();
  EXPECT_NE(status.out.find("none; `fairlead up` makes it"), std::string::npos) << status.text();
}

TEST_F(Manage, ListShowsAgePortsAndOthersContainers) {  // VSC-011
  const Workspace project = workspace(R"("runArgs": ["-p", "127.0.0.1::80"])");
  must_up(project);
  const RunResult list = run(fairlead({"list"}));
  EXPECT_NE(list.out.find("->80"), std::string::npos) << list.text();
  EXPECT_NE(list.out.find(project.folder.string()), std::string::npos);
  const RunResult json = run(fairlead({"list", "--json"}));
  EXPECT_EQ(json_at(json.out, "/environments/0/ports/0/hostAddress"), "127.0.0.1") << json.text();
}

TEST_F(Manage, ListFindsOnesWithLabelsOfTheirOwn) {
  const Workspace project = workspace();
  ASSERT_EQ(own("up", project, {"--id-label", "team=" + test_run().id()}).exit_code, 0);
  const RunResult list = run(fairlead({"list", "--json"}));
  EXPECT_NE(json_at(list.out, "/environments/0/containerId"), "") << list.text();
  EXPECT_EQ(own("down", project, {"--id-label", "team=" + test_run().id()}).exit_code, 0);
}

TEST_F(Manage, ListAsksTheEngineTwice) {
  must_up(workspace());
  EngineProxy proxy(test_run().below("l.sock").string(), engine().socket_path());
  RunRequest request = fairlead({"list", "--all", "--json"});
  request.environment["DOCKER_HOST"] = proxy.host();
  EXPECT_EQ(run(std::move(request)).exit_code, 0);
  EXPECT_LE(proxy.requests().size(), 2U);
}

TEST_F(Manage, ListWaitsNoLongerForADeadEngine) {
  std::atomic<bool> over = false;
  EngineProxy proxy(test_run().below("d.sock").string(), engine().socket_path(),
                    [&](int, const std::string&) {
                      over.wait(false);
                      return EngineProxy::Verdict::cut;
                    });
  RunRequest request = fairlead({"list", "--json"});
  request.environment.erase("FAIRLEAD_BACKEND");  // nobody named it: it is shown as silent
  request.environment["DOCKER_HOST"] = proxy.host();
  const RunResult result = run(std::move(request));
  over = true;
  over.notify_all();
  EXPECT_LT(result.duration, std::chrono::milliseconds(4000)) << result.text();
  EXPECT_EQ(json_at(result.out, "/silentBackends/0/backend"), "docker") << result.text();
}

/// Every host that the user added is asked, too.
TEST_F(Manage, ListWaitsNoLongerForADeadHost) {
  const std::string id = must_up(workspace());
  std::atomic<bool> over = false;
  const WebServer silent([&](const WebRequest&, WebConnection&) { over.wait(false); });
  const std::string host = "ssh://nobody@127.0.0.1:" + std::to_string(silent.port());
  RunRequest request = fairlead({"list", "--json"});
  request.environment["FAIRLEAD_HOSTS"] = host;
  const RunResult result = run(std::move(request));
  over = true;
  over.notify_all();
  EXPECT_LT(result.duration, std::chrono::milliseconds(8000)) << result.text();
  EXPECT_NE(result.out.find(id), std::string::npos) << result.text();
  EXPECT_EQ(json_at(result.out, "/silentBackends/0/backend"), "docker@" + host) << result.text();
}

TEST_F(Manage, DownRemovesVolumesAndImagesWhenAsked) {
  const std::string volume = "fltest-" + test_run().id();
  const Workspace project = workspace();
  project.write(".devcontainer/Dockerfile", "FROM " + base_image + "\nENV A=b\n");
  project.write(".devcontainer/devcontainer.json",
                R"({"build": {"dockerfile": "Dockerfile"}, "mounts": ["type=volume,source=)" +
                    volume + R"(,target=/data"]})");
  ASSERT_EQ(own("up", project, {"--buildkit", "never"}).exit_code, 0);
  ASSERT_EQ(own("down", project).exit_code, 0);
  EXPECT_TRUE(has_volume(volume)) << "stays unless asked for";
  ASSERT_EQ(own("up", project, {"--buildkit", "never"}).exit_code, 0);
  const RunResult down = own("down", project, {"--volumes", "--images", "--json"});
  EXPECT_EQ(json_at(down.out, "/removedVolumes/0"), volume) << down.text();
  EXPECT_NE(json_at(down.out, "/removedImages/0").find("vsc-"), std::string::npos) << down.text();
  EXPECT_FALSE(has_volume(volume));
}

TEST_F(Manage, DownKeepsAVolumeThatAnotherUses) {
  const std::string volume = "fltest-" + test_run().id();
  const std::string mount = R"("mounts": ["type=volume,source=)" + volume + R"(,target=/data"])";
  const Workspace first = workspace(mount, "one");
  const Workspace second = workspace(mount, "two");
  must_up(first);
  must_up(second);
  const RunResult down = own("down", first, {"--volumes"});
  EXPECT_EQ(down.exit_code, 0) << down.text();
  EXPECT_NE(down.err.find(volume + " stays"), std::string::npos) << down.text();
  EXPECT_TRUE(has_volume(volume));
  EXPECT_EQ(own("down", second, {"--volumes"}).exit_code, 0);
  EXPECT_FALSE(has_volume(volume));
}

TEST_F(Manage, StopWaitsForUp) {
  const Workspace project = workspace(R"("onCreateCommand": "echo hook; sleep 2; echo x > done")");
  ChildProcess child(own_up(project));
  const auto begun = [&] { return child.err().find("hook") != std::string::npos; };
  ASSERT_TRUE(child.wait_for(begun, milliseconds(30'000))) << child.err();
  const RunResult stop = own("stop", project);
  EXPECT_EQ(stop.exit_code, 0) << stop.text();
  EXPECT_EQ(child.finish().exit_code, 0);
  EXPECT_EQ(project.read("done"), "x\n");
}

}  // namespace
}  // namespace fairlead::test
