// A folder of this machine, its copy on a host and a container there.

#include "ssh_sync_fixture.hpp"

namespace fairlead::test {
namespace {

class SshSyncDockerTest : public SshSyncTest {
 protected:
  void SetUp() override {
    SshSyncTest::SetUp();
    if (IsSkipped()) return;
    test_run().set("FAIRLEAD_BACKEND", "docker");
    if (shell(*there_, "test -S /var/run/docker.sock").exit_code != 0) {
      there_.reset();
      GTEST_SKIP() << "skipped: the machine has no engine";
    }
  }
};

TEST_F(SshSyncDockerTest, MountsTheCopy) {
  write(".devcontainer.json", R"({"image": "fairlead-test/user", "remoteUser": "dev",
    "mounts": ["source=${localWorkspaceFolder}/data,target=/data,type=bind"],
    "postCreateCommand": "echo made >made-inside"})");
  write("data/x", "data\n");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  const auto inside =
      fairlead({"exec", "--workspace-folder", project_.string(), "sh", "-c", "cat /data/x; id -u"});
  EXPECT_EQ(inside.out, "data\n" + shell(*there_, "id -u").out) << inside.text();
  EXPECT_TRUE(wait_until(patience, [&] { return here("made-inside") == "made\n"; }));
  write("data/x", "newer\n");
  EXPECT_TRUE(wait_until(patience, [&] {
    return fairlead({"exec", "--workspace-folder", project_.string(), "cat", "/data/x"}).out ==
           "newer\n";
  }));

  // What is not in the folder has to be on the host, and the copy has to be this one.
  test_run().set("FAIRLEAD_REMOTE_WORKSPACE_FOLDER", folder_ + "-other");
  const auto other = up();
  EXPECT_NE(other.exit_code, 0);
  EXPECT_NE(other.text().find("works on " + folder_), std::string::npos) << other.text();
  test_run().set("FAIRLEAD_REMOTE_WORKSPACE_FOLDER", folder_);
}

/// An exec, a forward and a copy that is followed. With FAIRLEAD_TEST_CUT_SECONDS=60 for so long,
/// else until the command has heard of it.
TEST_F(SshSyncDockerTest, GoesOnWithAllOfItAfterTheLinkWasCut) {
  test_run().set("FAIRLEAD_PLUGINS__SSH__KEEP_ALIVE", "1");
  test_run().set("FAIRLEAD_PLUGINS__SSH__KEEP_ALIVE_COUNT", "2");
  test_run().set("FAIRLEAD_PLUGINS__SSH__CONNECT_TIMEOUT", "3");
  write(".devcontainer.json", R"({"image": "fairlead-test/busybox", "forwardPorts": [8766],
    "postStartCommand": "setsid nc -ll -p 8766 -e echo alive >/dev/null 2>&1 &"})");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  const auto port = json_at(made.out, "/forwards/0/localPort");
  ASSERT_NE(port, "") << made.text();
  const auto answers = [&] { return said_by(std::stoi(port)) == "alive\n"; };
  EXPECT_TRUE(wait_until(patience, answers));
  const auto exec = [&](const std::string& script) {
    return fairlead({"exec", "--workspace-folder", project_.string(), "sh", "-c", script});
  };
  ChildProcess child(request(
      {"exec", "--workspace-folder", project_.string(), "sh", "-c", "echo begun; sleep 4009"}));
  ASSERT_TRUE(child.wait_for_output("begun", patience));
  {
    const CutLink cut;
    write("a.txt", "written meanwhile\n");
    const auto lost = child.finish();
    EXPECT_NE(lost.text().find("was lost"), std::string::npos) << lost.text();
    const auto longer = variable("FAIRLEAD_TEST_CUT_SECONDS");
    if (!longer.empty()) wait_until(milliseconds(1000 * std::stoi(longer)), [] { return false; });
  }
  EXPECT_EQ(exec("echo back").out, "back\n");
  EXPECT_TRUE(wait_until(patience, answers));
  EXPECT_TRUE(arrives("a.txt", "written meanwhile\n"));
  EXPECT_TRUE(wait_until(
      patience, [&] { return exec("ps | grep '[s]leep 4009' || echo none").out == "none\n"; }));
  EXPECT_EQ(shell(*there_, "docker ps -q --filter volume=" + folder_ + " | wc -l").out, "1\n");
  EXPECT_EQ(masters().size(), 1U);
}

TEST_F(SshSyncDockerTest, NamesWhatIsNotOnTheHost) {
  write(".devcontainer.json", R"({"image": "fairlead-test/busybox",
    "mounts": ["source=/no/such/folder,target=/data,type=bind"]})");
  const auto refused = up();
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_NE(refused.text().find("/no/such/folder"), std::string::npos) << refused.text();
}

}  // namespace
}  // namespace fairlead::test
