// What each operation asks of the engine: exact where time is noisy.

#include "fixture.hpp"
#include "support/engine_proxy.hpp"

#include <algorithm>

namespace fairlead::test {
namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

class Requests : public DockerTest {
 protected:
  void SetUp() override {
    DockerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    proxy_ =
        std::make_unique<EngineProxy>(test_run().below("r.sock").string(), engine().socket_path());
  }
  void TearDown() override {
    proxy_.reset();
    DockerTest::TearDown();
  }

  /// The requests of one successful run.
  std::vector<std::string> requests_of(RunRequest request) {
    proxy_->forget_requests();
    request.environment["DOCKER_HOST"] = proxy_->host();
    const RunResult result = run(std::move(request));
    EXPECT_EQ(result.exit_code, 0) << result.text();
    return proxy_->requests();
  }

  static long count(const std::vector<std::string>& requests, const std::string& part) {
    return std::count_if(requests.begin(), requests.end(), [&](const std::string& line) {
      return line.find(part) != std::string::npos;
    });
  }

 private:
  std::unique_ptr<EngineProxy> proxy_;
};

TEST_F(Requests, UpOfARunningContainerListsAndInspects) {
  const Workspace project = workspace();
  must_up(project);
  const auto requests = requests_of(up(project));
  EXPECT_LE(requests.size(), 2U) << joined(requests);
}

TEST_F(Requests, UpOfAFreshContainerPreparesItWithOneCommand) {
  const auto requests = requests_of(up(workspace()));
  EXPECT_EQ(count(requests, "POST /exec/"), 1) << joined(requests);
  EXPECT_EQ(count(requests, "/archive"), 0) << joined(requests);
  EXPECT_EQ(count(requests, "POST /containers/create"), 1) << joined(requests);
  EXPECT_EQ(count(requests, "/start"), 2) << joined(requests);  // the container, the command
  EXPECT_LE(requests.size(), 10U) << joined(requests);
}

TEST_F(Requests, UpOfAFreshContainerWithoutCommandsRunsNothingInside) {
  const Workspace project = workspace();
  const auto requests =
      requests_of(fairlead({"up", "--workspace-folder", project.folder.string()}));
  EXPECT_EQ(count(requests, "POST /exec/"), 0) << joined(requests);
  EXPECT_LE(requests.size(), 7U) << joined(requests);
}

TEST_F(Requests, HooksCostOneCommandEach) {
  // Preparing the system, a look at the user's environment, the two, and what marks the end.
  const auto requests =
      requests_of(up(workspace(R"("onCreateCommand": "true", "postCreateCommand": "true")")));
  EXPECT_EQ(count(requests, "POST /exec/"), 5) << joined(requests);
}

/// Preparing the system, the look at the user's environment and all hooks share the relay of one.
TEST_F(Requests, OfAllHooksByOurNameOneCommandIsRun) {
  const Workspace project = workspace(
      R"("onCreateCommand": "echo one >> log", "postCreateCommand": {"a": "true", "b": "true"},
         "postStartCommand": ["true"], "waitFor": "postStartCommand")");
  const auto requests =
      requests_of(fairlead({"up", "--wait", "--workspace-folder", project.folder.string()}));
  EXPECT_EQ(count(requests, "POST /exec/"), 1) << joined(requests);
  EXPECT_EQ(count(requests, "/archive"), 0) << joined(requests);
  EXPECT_EQ(project.read("log"), "one\n");
  const auto again =
      requests_of(fairlead({"up", "--wait", "--workspace-folder", project.folder.string()}));
  EXPECT_LE(count(again, "POST /exec/"), 1) << joined(again);
  EXPECT_EQ(project.read("log"), "one\n");
}

TEST_F(Requests, ExecFindsCreatesAndStarts) {
  const Workspace project = workspace();
  must_up(project);
  run(exec(project, {"true"}));  // whatever is remembered is remembered now
  const auto requests = requests_of(exec(project, {"true"}));
  EXPECT_EQ(count(requests, "POST /exec/"), 1) << joined(requests);
  EXPECT_LE(requests.size(), 5U) << joined(requests);
}

TEST_F(Requests, ReadConfigurationNeedsNone) {
  const Workspace project = workspace();
  const auto requests = requests_of(
      devcontainer({"read-configuration", "--workspace-folder", project.folder.string()}));
  EXPECT_LE(requests.size(), 1U) << joined(requests);
}

TEST_F(Requests, DownFindsAndRemoves) {
  const Workspace project = workspace();
  must_up(project);
  const auto requests =
      requests_of(fairlead({"down", "--workspace-folder", project.folder.string()}));
  EXPECT_EQ(count(requests, "DELETE /containers/"), 1) << joined(requests);
  EXPECT_LE(requests.size(), 3U) << joined(requests);
}

/// By the relay of its own, as it is without one that is kept: no more than an exec of the engine.
TEST_F(Requests, ExecByARelayAsksNoMoreThanByTheEngine) {
  const Workspace project = workspace();
  must_own_up(project);
  const auto by = [&](const char* way) {
    const auto request = fairlead(
        {"exec", "--workspace-folder", project.folder.string(), "--via", way, "--", "true"});
    requests_of(request);  // the first time it finds out, and remembers
    return requests_of(request);
  };
  const auto engine = by("engine");
  const auto relay = by("relay");
  // How it has ended is asked until the engine knows.
  for (const char* part : {"POST ", "/containers/"})
    EXPECT_EQ(count(relay, part), count(engine, part)) << joined(relay) << "---\n"
                                                       << joined(engine);
  EXPECT_EQ(count(relay, "POST /exec/"), 1) << joined(relay);
  EXPECT_EQ(count(relay, "/archive"), 0) << joined(relay);
}

}  // namespace
}  // namespace fairlead::test
