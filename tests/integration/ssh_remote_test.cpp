// A host without any engine as the environment itself: the backend ssh-remote.

#include "ssh_host_fixture.hpp"
#include "support/json.hpp"
#include "support/wait.hpp"

#include <csignal>

namespace fairlead::test {
namespace {

class SshRemoteTest : public SshWorkspaceTest {
 protected:
  void SetUp() override {
    SshHostTest::SetUp();
    if (IsSkipped()) return;
    test_run().set("FAIRLEAD_TRUST", "always");
    enter("plain");
  }
  void TearDown() override {
    if (there_) shell(*there_, "rm -rf ~/.local/state/fairlead ~/.devcontainer");
    SshWorkspaceTest::TearDown();
  }

  /// COMMAND --backend ssh-remote --workspace-folder ssh://… MORE…
  RunResult on_host(const std::string& command, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {command, "--backend", "ssh-remote", "--workspace-folder",
                                      address()};
    words.insert(words.end(), more.begin(), more.end());
    return fairlead(std::move(words));
  }
  RunResult up() { return on_host("up", {"--json", "--wait"}); }
  RunResult exec(std::vector<std::string> command) { return on_host("exec", std::move(command)); }
};

TEST_F(SshRemoteTest, TheHostItselfIsTheEnvironment) {
  configure(R"("image": "not/used", "workspaceFolder": "/workspaces/elsewhere",
    "containerEnv": {"OWN": "from the file"}, "remoteEnv": {"AT": "${containerWorkspaceFolder}"},
    "onCreateCommand": "echo made >> made", "postStartCommand": "echo started >> started")");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(json_at(made.out, "/remoteUser"), "plain");
  EXPECT_EQ(json_at(made.out, "/remoteWorkspaceFolder"), folder_);

  // Commands run where the folder is, as the account, with what the file says.
  const auto inside = exec({"sh", "-c", "echo $PWD $OWN $AT; id -un; cat made started"});
  EXPECT_EQ(inside.out, folder_ + " from the file " + folder_ + "\nplain\nmade\nstarted\n")
      << inside.text();
  EXPECT_EQ(exec({"sh", "-c", "exit 7"}).exit_code, 7);
  EXPECT_EQ(exec({"no-such-command"}).exit_code, 127);
  EXPECT_EQ(shell(*there_, "test -e /var/devcontainer").exit_code, 1);  // a host's own files stay

  // It is found again, and what was done once is not done twice.
  EXPECT_EQ(json_at(up().out, "/containerId"), json_at(made.out, "/containerId"));
  EXPECT_EQ(exec({"cat", "made"}).out, "made\n");
  const auto listed = fairlead({"list", "--json", "--host", "ssh://plain"});
  EXPECT_NE(listed.out.find(folder_), std::string::npos) << listed.text();
  EXPECT_LE(masters().size(), 1U);
}

TEST_F(SshRemoteTest, StopEndsWhatWasStartedInItAndNothingElse) {
  configure(R"("postStartCommand": "setsid sleep 4711 >/dev/null 2>&1 & echo $! > inside")");
  ASSERT_EQ(up().exit_code, 0);
  put("beside", "");
  shell(*there_, "setsid sleep 4712 >/dev/null 2>&1 & echo $! >" + folder_ + "/beside");
  const auto alive = [&](const std::string& file) {
    return shell(*there_, "kill -0 $(cat " + folder_ + '/' + file + ")").exit_code == 0;
  };
  ASSERT_TRUE(alive("inside"));
  ASSERT_TRUE(alive("beside"));
  const auto stopped = on_host("stop");
  EXPECT_EQ(stopped.exit_code, 0) << stopped.text();
  EXPECT_FALSE(alive("inside"));
  EXPECT_TRUE(alive("beside"));
  shell(*there_, "kill $(cat " + folder_ + "/beside)");
  const auto refused = exec({"true"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_NE(refused.err.find("is not running"), std::string::npos) << refused.text();

  EXPECT_EQ(on_host("up", {"--json", "--wait"}).exit_code, 0);
  EXPECT_EQ(exec({"true"}).exit_code, 0);
  EXPECT_EQ(on_host("down").exit_code, 0);
  EXPECT_EQ(shell(*there_, "ls ~/.local/state/fairlead/environments").out, "");
  EXPECT_EQ(shell(*there_, "test -d " + folder_).exit_code, 0);  // the workspace is not ours
}

TEST_F(SshRemoteTest, ClearsWhatKilledRunsLeft) {
  configure(R"("image": "x")");
  const std::string environments = "cd ~/.local/state/fairlead/environments && ";
  shell(*there_,
        "mkdir -p ~/.local/state/fairlead/environments && " + environments +
            "mkdir .new.4194300 .old.4194301 .new.$PPID && echo half >.new.4194300/record");
  ASSERT_EQ(up().exit_code, 0);
  EXPECT_EQ(shell(*there_, environments + "ls -d .new.* .old.*").out.find("41943"),
            std::string::npos);
  shell(*there_, environments + "mkdir .old.4194302");
  EXPECT_EQ(on_host("down").exit_code, 0);
  EXPECT_EQ(shell(*there_, environments + "ls -d .old.*").out, "");
}

TEST_F(SshRemoteTest, SaysBeforeItMakesAnythingWhatAHostCannotDo) {
  configure(R"("image": "x", "privileged": true)");
  const auto privileged = up();
  EXPECT_NE(privileged.text().find("'privileged' needs the capability"), std::string::npos)
      << privileged.text();
  configure(R"("build": {"dockerfile": "Dockerfile"})");
  EXPECT_NE(up().text().find("backend.capability"), std::string::npos);
  configure(R"("image": "x", "remoteUser": "nobody")");
  EXPECT_EQ(up().exit_code, 0);  // nothing runs in it yet
  const auto user = exec({"true"});
  EXPECT_NE(user.exit_code, 0);
  EXPECT_NE(user.text().find("cannot work as 'nobody'"), std::string::npos) << user.text();
  const auto here = fairlead({"list", "--backend", "ssh-remote"});
  EXPECT_NE(here.text().find("not on this one"), std::string::npos) << here.text();
  test_run().set("FAIRLEAD_TRUST", "ask");
  EXPECT_EQ(on_host("down").exit_code, 0);
  const auto refused = up();
  EXPECT_NE(refused.text().find("outside of any container"), std::string::npos) << refused.text();
}

TEST_F(SshRemoteTest, InstallsFeaturesInPlaceWhenTheAccountIsRoot) {
  enter("root");
  if (shell(*there_, "true").exit_code != 0) GTEST_SKIP() << "skipped: root may not log in";
  put(".devcontainer/mark/devcontainer-feature.json",
      R"({"id": "mark", "version": "1.0.0", "containerEnv": {"MARKED": "yes"},
          "options": {"text": {"type": "string", "default": "none"}}})");
  put(".devcontainer/mark/install.sh", "#!/bin/sh\necho \"$TEXT\" >>/opt/mark\n");
  configure(R"("features": {"./mark": {"text": "in place"}})");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(exec({"sh", "-c", "cat /opt/mark; echo $MARKED"}).out, "in place\nyes\n");
  EXPECT_EQ(up().exit_code, 0);
  EXPECT_EQ(exec({"cat", "/opt/mark"}).out, "in place\n");  // once
}

TEST_F(SshRemoteTest, SaysThatAHomeCannotBeWritten) {
  enter("readonly");
  folder_ = "/tmp/" + test_run().id();
  configure(R"("image": "x")");
  const auto refused = up();
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_NE(refused.text().find("cannot be kept on the host"), std::string::npos) << refused.text();
  EXPECT_NE(refused.text().find("may you write there?"), std::string::npos) << refused.text();
}

TEST_F(SshRemoteTest, TakesAClockThatIsAheadAsItIs) {
  configure(R"("image": "x")");
  ASSERT_EQ(up().exit_code, 0);
  const auto changed = shell(*there_,
                             "sed -i 's/\"created\":\"20/\"created\":\"21/' "
                             "~/.local/state/fairlead/environments/*/record");
  ASSERT_EQ(changed.exit_code, 0) << changed.err;
  const auto listed = fairlead({"list", "--json", "--host", "ssh://plain"});
  EXPECT_NE(listed.out.find("\"21"), std::string::npos) << listed.text();
  EXPECT_EQ(up().exit_code, 0);
  EXPECT_EQ(exec({"true"}).exit_code, 0);
}

TEST_F(SshRemoteTest, ALostCommandIsCalledByItsName) {
  configure(R"("image": "x")");
  ASSERT_EQ(up().exit_code, 0);
  ChildProcess child(request({"exec", "--backend", "ssh-remote", "--workspace-folder", address(),
                              "sh", "-c", "echo begun; sleep 4713"}));
  ASSERT_TRUE(child.wait_for_output("begun", milliseconds(60'000)));
  for (const auto& process : masters()) ::kill(std::stoi(process), SIGKILL);
  const auto lost = child.finish();
  EXPECT_NE(lost.err.find("was lost"), std::string::npos) << lost.text();
  EXPECT_EQ(exec({"true"}).exit_code, 0);
  // The next login ends it, and waits for nothing.
  EXPECT_TRUE(wait_until(milliseconds(30'000),
                         [&] { return shell(*there_, "pgrep -f 'sleep 471[3]'").exit_code == 1; }));
}

}  // namespace
}  // namespace fairlead::test
