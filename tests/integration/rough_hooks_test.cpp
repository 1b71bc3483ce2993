// Lifecycle commands that behave badly, and what happens to a container in the middle of one. LIFE.

#include "fixture.hpp"
#include "support/engine_proxy.hpp"
#include "support/wait.hpp"

#include <atomic>
#include <csignal>
#include <sstream>

namespace fairlead::test {
namespace {

class RoughHooks : public DockerTest {
 protected:
  RunRequest own(const Workspace& project, std::vector<std::string> more = {}) const {
    auto request = own_up(project);
    request.argv.insert(request.argv.end(), more.begin(), more.end());
    return request;
  }
  void write_output(const Workspace& project, const std::string& script) const {
    project.write("talk", script);
  }
};

/// Twice a hundred million bytes would not fit: what is shown is not kept.
TEST_F(RoughHooks, MayPrintAHundredMegabytes) {
  const Workspace project = workspace(R"("postCreateCommand": "sh talk; touch done")");
  write_output(project, "head -c 100000000 /dev/zero | tr '\\0' 'x' | fold -w 1000\n");
  auto request = own(project);
  request.argv.insert(request.argv.begin(), {"/bin/sh", "-c", "exec \"$@\" 2>/dev/null", "sh"});
  request.timeout = milliseconds(120'000);
  const RunResult result = run(std::move(request));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_TRUE(std::filesystem::exists(project.folder / "done"));
  EXPECT_LT(result.resident_kib, 100 * 1024);
}

TEST_F(RoughHooks, MayPrintAHundredMegabytesInAnObject) {
  const Workspace project = workspace(R"("postCreateCommand": {"loud": "sh talk; touch done"})");
  write_output(project,
               "head -c 100000000 /dev/zero | tr '\\0' 'x' | fold -w 1000; echo the-end\n");
  auto request = own(project);
  request.argv.insert(request.argv.begin(),
                      {"/bin/sh", "-c", "exec \"$@\" 2>&1 >/dev/null | tail -c 1000", "sh"});
  request.timeout = milliseconds(120'000);
  const RunResult result = run(std::move(request));
  EXPECT_NE(result.out.find("the-end"), std::string::npos) << result.text();
  EXPECT_TRUE(std::filesystem::exists(project.folder / "done"));
}

TEST_F(RoughHooks, MayPrintBytesThatAreNoText) {
  const Workspace project = workspace(R"("postCreateCommand": "sh talk; exit 3")");
  write_output(project, "printf 'before \\377\\376\\0\\303 after\\n'\n");
  const RunResult json = run(own(project, {"--log-format", "json"}));
  EXPECT_EQ(json.exit_code, 1) << json.text();
  EXPECT_NE(json.err.find("before \xef\xbf\xbd"), std::string::npos) << json.text();
  EXPECT_EQ(json.err.find('\xff'), std::string::npos);
  EXPECT_EQ(json.out.find('\xff'), std::string::npos);
  const RunResult shown = run(up(project));
  EXPECT_NE(shown.err.find("before \xff\xfe"), std::string::npos) << shown.text();
}

/// The command has ended when its process has, whoever still holds its output.
TEST_F(RoughHooks, MayLeaveAChildThatKeepsTheOutputOpen) {
  allow_processes_inside();
  const Workspace project = workspace(
      R"("postCreateCommand": "sleep 600 & echo begun", "postStartCommand": "touch started")");
  const RunResult result = run(own(project));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_NE(result.err.find("begun"), std::string::npos) << result.text();
  EXPECT_TRUE(std::filesystem::exists(project.folder / "started"));
}

TEST_F(RoughHooks, FailOneByOneAndKeepTheContainer) {  // LIFE-013, 029
  for (const std::string hook : {"onCreateCommand", "updateContentCommand", "postCreateCommand",
                                 "postStartCommand", "postAttachCommand"}) {
    SCOPED_TRACE(hook);
    const Workspace project =
        workspace('"' + hook + R"(": "echo last words; exit 7")", "fails-" + hook);
    const RunResult result = run(own(project));
    EXPECT_EQ(result.exit_code, 1) << result.text();
    EXPECT_EQ(json_at(result.out, "/description"), hook + " from devcontainer.json failed.");
    EXPECT_NE(result.err.find("exit code 7"), std::string::npos) << result.text();
    EXPECT_NE(result.err.find("output ended with\nlast words"), std::string::npos) << result.text();
    EXPECT_EQ(must_exec(project, "echo usable"), "usable\n");
  }
}

/// SIGKILL of the client during each hook; the second run does what was cut off once more.
TEST_F(RoughHooks, RunAgainAfterTheClientWasKilledInThem) {
  allow_processes_inside();  // an exec outlives a client that is killed
  for (const std::string hook : {"initializeCommand", "onCreateCommand", "updateContentCommand",
                                 "postCreateCommand", "postStartCommand", "postAttachCommand"}) {
    SCOPED_TRACE(hook);
    const Workspace project = workspace(
        // The first waits for the second run, also the one that outlives its client on this
        // machine.
        '"' + hook +
            R"(": "echo run >> runs; test -e once && exit; touch once; for i in $(seq 300);)" +
            R"( do test $(wc -l < runs) -ge 2 && exit; sleep 0.1; done")",
        "killed-" + hook);
    ChildProcess child(own(project));
    EXPECT_TRUE(child.wait_for([&] { return std::filesystem::exists(project.folder / "once"); },
                               milliseconds(60'000)));
    child.signal_group(SIGKILL);
    child.finish();
    const RunResult again = run(own(project));
    EXPECT_EQ(again.exit_code, 0) << again.text();
    EXPECT_EQ(project.read("runs"), "run\nrun\n");
  }
}

TEST_F(RoughHooks, MayLoseTheirContainer) {
  const Workspace project = workspace(
      R"("postCreateCommand": "echo run >> runs; if test ! -e once; then touch once; sleep 60; fi")");
  ChildProcess child(own(project));
  ASSERT_TRUE(child.wait_for([&] { return std::filesystem::exists(project.folder / "once"); },
                             milliseconds(60'000)));
  for (const auto& instance : instances()) engine().remove_container(instance.id);
  const RunResult result = child.finish();
  EXPECT_EQ(result.exit_code, 1) << result.text();
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(json_at(result.out, "/outcome"), "error") << result.text();
  must_own_up(project);
  EXPECT_EQ(project.read("runs"), "run\nrun\n");
}

/// The relay that carries them cannot be started: the engine runs them, and each of them once.
TEST_F(RoughHooks, RunWithoutTheRelayThatCarriesThem) {
  const Workspace project =
      workspace(R"("onCreateCommand": "echo one >> log", "postCreateCommand": "echo two >> log")");
  std::atomic_flag refused;
  EngineProxy proxy(test_run().below("h.sock").string(), engine().socket_path(),
                    [&](int, const std::string& line) {
                      const bool starts = line.starts_with("POST /exec/");
                      return starts && !refused.test_and_set() ? EngineProxy::Verdict::cut
                                                               : EngineProxy::Verdict::forward;
                    });
  RunRequest request = own(project);
  request.environment["DOCKER_HOST"] = proxy.host();
  const RunResult result = run(std::move(request));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_TRUE(refused.test());
  EXPECT_EQ(project.read("log"), "one\ntwo\n");
}

/// Nobody knows how far such a command has come: it is named, and begun anew at the next `up`.
TEST_F(RoughHooks, MayEndTheRelayThatCarriesThem) {
  allow_processes_inside();
  const Workspace project = workspace(
      R"("postCreateCommand": "echo run >> runs; test -e once || { touch once; kill -9 $PPID; sleep 60; }")");
  const RunResult result = run(own(project));
  EXPECT_EQ(result.exit_code, 1) << result.text();
  EXPECT_FALSE(result.timed_out);
  EXPECT_NE(result.text().find("postCreateCommand from devcontainer.json"), std::string::npos)
      << result.text();
  must_own_up(project);
  EXPECT_EQ(project.read("runs"), "run\nrun\n");
}

TEST_F(RoughHooks, KeepTheOrderOfBothStreams) {
  const Workspace project = workspace(
      R"("postCreateCommand": "for i in 1 2 3 4 5 6 7 8 9; do echo o$i; echo e$i >&2; done")");
  const RunResult result = run(own(project));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  std::string expected;
  for (char i = '1'; i <= '9'; ++i) expected += std::string("o") + i + "\ne" + i + '\n';
  // Each piece begins with the time: how many there are is chance.
  std::string said;
  std::istringstream lines(result.err);
  for (std::string line; std::getline(lines, line);) {
    std::erase(line, '\r');
    const auto time = line.starts_with('[') ? line.find("] ") : std::string::npos;
    said += (time == std::string::npos ? line : line.substr(time + 2)) + '\n';
  }
  EXPECT_NE(said.find(expected), std::string::npos) << result.text();
}

/// Occasions are told apart, not compared: a start that lies before the last one is one as well.
TEST_F(RoughHooks, RunAfterTheClockWasSetBack) {  // LIFE-005
  const Workspace project = workspace(R"("postCreateCommand": "echo created >> log",
                                         "postStartCommand": "echo started >> log")");
  const std::string id = must_own_up(project);
  must_exec(project,
            "echo 2999-01-01T00:00:00.000000000Z > ~/.devcontainer/.postStartCommandMarker");
  EXPECT_EQ(must_own_up(project), id);
  EXPECT_EQ(must_own_up(project), id);
  EXPECT_EQ(project.read("log"), "created\nstarted\nstarted\n");
}

/// What marks a command runs in its environment, and leaves no trace there.
TEST_F(RoughHooks, AreMarkedInAnyEnvironment) {  // LIFE-007
  const Workspace project = workspace(
      R"("remoteEnv": {"PATH": "/nowhere", "folder": "mine", "pairs": "more"},
         "onCreateCommand": "echo created >> log; echo $folder,$pairs,$0,$# > seen",
         "postCreateCommand": ["/bin/sh", "-c", "echo words >> log"])");
  must_up(project);
  EXPECT_EQ(project.read("seen"), "mine,more,/bin/sh,0\n");
  must_up(project);
  EXPECT_EQ(project.read("log"), "created\nwords\n");
}

/// Where nothing can be marked the reference runs nothing, and we run everything.
TEST_F(RoughHooks, RunWhereNothingCanBeMarked) {  // LIFE-007
  const std::string hooks =
      R"("runArgs": ["--read-only"], "onCreateCommand": "echo a >> log",
         "updateContentCommand": ["/bin/sh", "-c", "echo b >> log"],
         "postCreateCommand": "echo c >> log", "postStartCommand": "echo d >> log")";
  const Workspace own_project = workspace(hooks, "own");
  must_own_up(own_project);
  EXPECT_EQ(own_project.read("log"), "a\nb\nc\nd\n");
  const Workspace project = workspace(hooks, "drop-in");
  must_up(project);
  EXPECT_FALSE(std::filesystem::exists(project.folder / "log"));
}

/// postAttachCommand has no mark, and waits for nobody else's.
TEST_F(RoughHooks, AttachWhereNothingCanBeMarked) {  // LIFE-007
  for (const char* hook : {R"("echo here >> log")", R"(["/bin/sh", "-c", "echo here >> log"])",
                           R"({"one": "echo here >> log"})"}) {
    const Workspace project =
        workspace(R"("runArgs": ["--read-only"], "postAttachCommand": )" + std::string(hook),
                  "drop-in" + std::to_string(std::string_view(hook).size()));
    must_up(project);
    EXPECT_EQ(project.read("log"), "here\n") << hook;
  }
}

/// Only `up` says which container a hook failed in.
TEST_F(RoughHooks, FailWithTheContainerForUpAlone) {
  const Workspace project = workspace(R"("postAttachCommand": "exit 3")");
  const RunResult first = run(up(project));
  EXPECT_EQ(first.exit_code, 1);
  EXPECT_EQ(json_at(first.out, "/containerId"), instances().front().id) << first.text();
  const RunResult again =
      run(devcontainer({"run-user-commands", "--workspace-folder", project.folder.string()}));
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_EQ(again.out,
            "{\"outcome\":\"error\",\"message\":\"Command failed: /bin/sh -c exit 3\","
            "\"description\":\"postAttachCommand from devcontainer.json failed.\"}\n");
}

TEST_F(RoughHooks, AreMarkedByTheDropInAlsoWithoutACommand) {  // LIFE-007
  const Workspace project = workspace();
  must_up(project);
  EXPECT_EQ(must_exec(project, "ls -A ~/.devcontainer"),
            ".onCreateCommandMarker\n.postCreateCommandMarker\n.postStartCommandMarker\n"
            ".updateContentCommandMarker\n");
}

}  // namespace
}  // namespace fairlead::test
