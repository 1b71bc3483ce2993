// Engines that are not there, may not be used, or go away.

#include "fixture.hpp"
#include "support/engine_proxy.hpp"
#include "support/wait.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace fairlead::test {
namespace {

class Faults : public DockerTest {
 protected:
  std::string proxy_socket() { return test_run().below("e.sock").string(); }

  RunRequest up_through(const EngineProxy& proxy, const Workspace& project) {
    RunRequest request = up(project);
    request.environment["DOCKER_HOST"] = proxy.host();
    return request;
  }
};

TEST_F(Faults, NoEngineIsSaidAtOnce) {
  const Workspace project = workspace();
  RunRequest request = fairlead({"up", "--workspace-folder", project.folder.string()});
  const std::string nowhere = test_run().below("nowhere.sock").string();
  request.environment["DOCKER_HOST"] = "unix://" + nowhere;
  const RunResult result = run(std::move(request));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find(nowhere), std::string::npos) << result.text();
  EXPECT_LT(result.duration, milliseconds(5000));
}

TEST_F(Faults, NoEngineMakesTheDropInsJson) {
  const Workspace project = workspace();
  RunRequest request = up(project);
  request.environment["DOCKER_HOST"] = "unix://" + test_run().below("nowhere.sock").string();
  const RunResult result = run(std::move(request));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(json_at(result.out, "/outcome"), "error") << result.text();
}

TEST_F(Faults, ASocketWithoutPermissionIsNamed) {
  // A listening socket that nobody may use, asked by somebody who does not stand above that.
  const std::string path = test_run().below("closed.sock").string();
  const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  const Workspace project = workspace();
  RunRequest request = fairlead({"up", "--workspace-folder", project.folder.string()});
  if (::geteuid() == 0) {
    request.argv.insert(request.argv.begin(), {"/usr/bin/setpriv", "--bounding-set=-dac_override",
                                               "--inh-caps=-dac_override"});
  }
  request.environment["DOCKER_HOST"] = "unix://" + path;
  const RunResult result = run(std::move(request));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find(path), std::string::npos) << result.text();
  EXPECT_NE(result.err.find("ermission"), std::string::npos) << result.text();
}

TEST_F(Faults, TheEngineMayDieAtAnyRequestOfUp) {
  int requests = 0;
  {
    const Workspace project = workspace({}, "count");
    EngineProxy proxy(proxy_socket(), engine().socket_path());
    ASSERT_EQ(run(up_through(proxy, project)).exit_code, 0);
    requests = static_cast<int>(proxy.requests().size());
  }
  ASSERT_GT(requests, 2);
  for (int fatal = 1; fatal <= requests; ++fatal) {
    const Workspace project = workspace({}, "die" + std::to_string(fatal));
    RunResult broken;
    {
      EngineProxy proxy(
          proxy_socket(), engine().socket_path(), [fatal](int number, const std::string&) {
            return number >= fatal ? EngineProxy::Verdict::die : EngineProxy::Verdict::forward;
          });
      broken = run(up_through(proxy, project));
    }
    EXPECT_EQ(broken.exit_code, 1) << "request " << fatal << " of " << requests << broken.text();
    EXPECT_FALSE(broken.timed_out);
    EXPECT_EQ(json_at(broken.out, "/outcome"), "error") << broken.text();
    must_up(project);  // the engine is back
  }
}

TEST_F(Faults, AConnectionThatIsCutDuringExecEndsIt) {
  const Workspace project = workspace();
  must_up(project);
  allow_processes_inside();  // the engine's exec outlives its connection
  std::unique_ptr<ChildProcess> child;
  {
    EngineProxy proxy(proxy_socket(), engine().socket_path());
    RunRequest request = exec(project, {"sh", "-c", "echo ready; sleep 20"});
    request.environment["DOCKER_HOST"] = proxy.host();
    child = std::make_unique<ChildProcess>(std::move(request));
    ASSERT_TRUE(child->wait_for_output("ready", milliseconds(20'000)));
  }
  const RunResult result = child->finish();
  EXPECT_NE(result.exit_code, 0) << result.text();
  EXPECT_LT(result.duration, milliseconds(18'000)) << "the lost connection was not noticed";
}

TEST_F(Faults, ADelayedEngineIsWaitedFor) {
  const Workspace project = workspace();
  EngineProxy proxy(proxy_socket(), engine().socket_path(), [](int number, const std::string&) {
    if (number == 2) wait_until(milliseconds(1500), [] { return false; });
    return EngineProxy::Verdict::forward;
  });
  EXPECT_EQ(run(up_through(proxy, project)).exit_code, 0);
}

TEST_F(Faults, ConfigurationsOfTheWrongShapeMakeNothing) {
  const char* const contents[] = {"",
                                  "[]",
                                  "null",
                                  "// only a comment\n",
                                  "{\"image\": 7}",
                                  "{\"image\": \""
                                  "x\", \"mounts\": 3}",
                                  "{}"};
  int number = 0;
  for (const char* content : contents) {
    const Workspace project = workspace({}, "bad" + std::to_string(++number));
    project.write(".devcontainer/devcontainer.json", content);
    const RunResult result = run(up(project));
    EXPECT_EQ(result.exit_code, 1) << content << result.text();
    EXPECT_EQ(json_at(result.out, "/outcome"), "error") << content << result.text();
  }
  EXPECT_TRUE(instances().empty());
}

}  // namespace
}  // namespace fairlead::test
