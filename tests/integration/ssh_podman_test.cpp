// Podman on a host, through the ssh plugin and the Podman plugin.

#include "ssh_host_fixture.hpp"
#include "support/json.hpp"

namespace fairlead::test {
namespace {

class SshPodmanTest : public SshWorkspaceTest {
 protected:
  void SetUp() override {
    enter_where(
        "command -v podman >/dev/null && test -S /var/run/docker.sock || exit 9\n"
        "n=docker.io/fairlead-test/busybox\n"
        "podman image exists $n && exit 0\n"
        "docker save fairlead-test/busybox | podman load -q &&"
        " podman tag localhost/fairlead-test/busybox $n",
        "Podman", "root");
    usual_ = {"--backend", "podman"};
  }
  void TearDown() override {
    if (there_) on_host("down");
    SshWorkspaceTest::TearDown();
  }
};

TEST_F(SshPodmanTest, BringsUpAWorkspaceThatIsOnTheHost) {
  configure(R"("image": "docker.io/fairlead-test/busybox", "postCreateCommand": "echo made > made",
    "remoteEnv": {"THERE": "${localWorkspaceFolder}"})");
  const auto made = on_host("up", {"--json", "--wait"});
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(shell(*there_, "cat " + folder_ + "/made").out, "made\n");
  const auto inside = on_host("exec", {"sh", "-c", "cat made; echo $THERE; exit 5"});
  EXPECT_EQ(inside.exit_code, 5);
  EXPECT_EQ(inside.out, "made\n" + folder_ + "\n") << inside.text();

  EXPECT_NE(on_host("status").out.find("running"), std::string::npos);
  EXPECT_EQ(on_host("stop").exit_code, 0);
  const auto again = on_host("up", {"--json", "--wait"});
  EXPECT_EQ(json_at(again.out, "/containerId"), json_at(made.out, "/containerId")) << again.text();
  EXPECT_EQ(on_host("down").exit_code, 0);
  EXPECT_EQ(shell(*there_, "podman ps -aq --filter label=devcontainer.local_folder=" + folder_).out,
            "");
  EXPECT_EQ(masters().size(), 1U);
}

TEST_F(SshPodmanTest, BuildsADockerfileOfTheHost) {
  put("Dockerfile", "FROM docker.io/fairlead-test/busybox\nCOPY data /data\n");
  put("data", "from the host\n");
  configure(R"("build": {"dockerfile": "../Dockerfile", "context": ".."})");
  const auto made = on_host("up", {"--json", "--wait"});
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(on_host("exec", {"cat", "/data"}).out, "from the host\n");
  EXPECT_EQ(on_host("down", {"--images"}).exit_code, 0);
}

}  // namespace
}  // namespace fairlead::test
