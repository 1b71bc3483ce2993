// SIGKILL at any step: the next `up` ends with one healthy container.

#include "fixture.hpp"
#include "support/engine_proxy.hpp"

#include <algorithm>
#include <csignal>

namespace fairlead::test {
namespace {

class Kill : public DockerTest {
 protected:
  std::string proxy_socket() { return test_run().below("k.sock").string(); }

  Workspace with_hooks(const std::string& name) {
    return workspace(
        R"("onCreateCommand": "echo created >> log", "postStartCommand": "echo started >> log")",
        name);
  }

  int count_requests() {
    const Workspace project = with_hooks("count");
    EngineProxy proxy(proxy_socket(), engine().socket_path());
    RunRequest request = own_up(project);
    request.environment["DOCKER_HOST"] = proxy.host();
    const RunResult result = run(std::move(request));
    EXPECT_EQ(result.exit_code, 0) << result.text();
    const auto requests = proxy.requests();
    return static_cast<int>(std::ranges::count_if(requests, is_step));
  }

  /// How a command has ended is asked until the engine knows: nobody can say how often.
  static bool is_step(const std::string& line) { return !line.starts_with("GET /exec/"); }

  /// `up` that is killed when it has sent its request `fatal`; whether that one still arrives is
  /// `delivered`.
  void up_killed_at(const Workspace& project, int fatal, bool delivered) {
    std::atomic<pid_t> victim = 0;
    std::atomic<int> steps = 0;
    EngineProxy proxy(proxy_socket(), engine().socket_path(), [&](int, const std::string& line) {
      const int number = is_step(line) ? ++steps : steps.load();
      if (number < fatal || (number == fatal && !is_step(line))) {
        return EngineProxy::Verdict::forward;
      }
      while (victim == 0) std::this_thread::yield();
      ::kill(victim, SIGKILL);
      return delivered && number == fatal ? EngineProxy::Verdict::forward
                                          : EngineProxy::Verdict::cut;
    });
    RunRequest request = own_up(project);
    request.environment["DOCKER_HOST"] = proxy.host();
    ChildProcess child(std::move(request));
    victim = child.pid();
    EXPECT_EQ(child.finish().exit_code, 137) << "request " << fatal << " never came";
  }

  void converges_after_kills(bool delivered) {
    const int requests = count_requests();
    ASSERT_GT(requests, 3);
    for (int fatal = 1; fatal <= requests; ++fatal) {
      SCOPED_TRACE("killed at request " + std::to_string(fatal) + " of " +
                   std::to_string(requests));
      const Workspace project = with_hooks("kill" + std::to_string(fatal));
      up_killed_at(project, fatal, delivered);
      const std::string id = must_own_up(project);
      EXPECT_EQ(must_own_up(project), id);
      EXPECT_EQ(json_at(engine().inspect(id), "/State/Running"), "true");
      EXPECT_NE(project.read("log").find("created\n"), std::string::npos);
      EXPECT_NE(project.read("log").find("started\n"), std::string::npos);
      engine().remove_container(id);
    }
  }
};

TEST_F(Kill, BeforeAnyRequestIsDeliveredConverges) { converges_after_kills(false); }

TEST_F(Kill, AfterAnyRequestIsDeliveredConverges) { converges_after_kills(true); }

TEST_F(Kill, DuringABuildConverges) {
  const Workspace project = workspace();
  project.write(".devcontainer/Dockerfile",
                "FROM " + base_image + "\nRUN echo step-runs && sleep 3 && echo done > /built\n");
  project.write(".devcontainer/devcontainer.json", R"({"build": {"dockerfile": "Dockerfile"}})");
  ChildProcess child(up(project, {"--log-level", "trace"}));
  child.wait_for_output("step-runs", milliseconds(30'000));
  child.signal(SIGKILL);
  EXPECT_EQ(child.finish().exit_code, 137);
  must_up(project);
  EXPECT_EQ(must_exec(project, "cat /built"), "done\n");
}

TEST_F(Kill, DuringAHookRunsItAgain) {
  const Workspace project = workspace(
      R"("onCreateCommand": "echo run >> runs; if test ! -e once; then touch once; sleep 30; fi")");
  RunRequest request = fairlead({"up", "--workspace-folder", project.folder.string()});
  ChildProcess child(std::move(request));
  ASSERT_TRUE(child.wait_for([&] { return std::filesystem::exists(project.folder / "once"); },
                             milliseconds(30'000)));
  child.signal(SIGKILL);
  child.finish();
  allow_processes_inside();  // an exec outlives a client that is killed
  const RunResult again = run(fairlead({"up", "--workspace-folder", project.folder.string()}));
  EXPECT_EQ(again.exit_code, 0) << again.text();
  EXPECT_EQ(project.read("runs"), "run\nrun\n");
}

TEST_F(Kill, DuringExecLeavesAUsableContainer) {
  const Workspace project = workspace();
  const std::string id = must_up(project);
  ChildProcess child(exec(project, {"sh", "-c", "echo ready; sleep 5"}));
  ASSERT_TRUE(child.wait_for_output("ready", milliseconds(20'000)));
  child.signal(SIGKILL);
  EXPECT_EQ(child.finish().exit_code, 137);
  allow_processes_inside();
  EXPECT_EQ(must_up(project), id);
  EXPECT_EQ(must_exec(project, "echo usable"), "usable\n");
}

}  // namespace
}  // namespace fairlead::test
