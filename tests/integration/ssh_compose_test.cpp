// A Compose project whose files are on a host, through the ssh plugin and the Compose plugin.

#include "ssh_host_fixture.hpp"
#include "support/json.hpp"
#include "support/wait.hpp"

namespace fairlead::test {
namespace {

class SshComposeTest : public SshWorkspaceTest {
 protected:
  void SetUp() override {
    SshHostTest::SetUp();
    if (IsSkipped()) return;
    test_run().set("FAIRLEAD_TRUST", "always");
    enter("box");
    if (shell(*there_, "test -S /var/run/docker.sock && docker-compose version").exit_code != 0) {
      there_.reset();
      GTEST_SKIP() << "skipped: the machine has no engine, or no Compose";
    }
  }
  void TearDown() override {
    if (there_) {
      on_host("down");
      shell(*there_, "rm -rf ~/.local/state/fairlead");
    }
    SshWorkspaceTest::TearDown();
  }

  RunResult on_host(const std::string& command, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {command, "--workspace-folder", address()};
    words.insert(words.end(), more.begin(), more.end());
    return fairlead(std::move(words));
  }
  RunResult up() { return on_host("up", {"--json", "--wait"}); }
  RunResult exec(std::vector<std::string> command) { return on_host("exec", std::move(command)); }
  /// The project's containers, running or not.
  std::string containers() {
    return shell(*there_, "docker ps -aq --filter label=com.docker.compose.project=" + project() +
                              " | wc -l")
        .out;
  }
  /// Compose's name for it, from the folder above .devcontainer.
  std::string project() {
    std::string name;
    for (const char c : test_run().id() + "_devcontainer") {
      if (c != '.') name += static_cast<char>(::tolower(static_cast<unsigned char>(c)));
    }
    return name;
  }
};

TEST_F(SshComposeTest, BringsUpAProjectOfTheHostAndForwardsAServicesPort) {
  // The first file is outside of .devcontainer, and draws in one more.
  put("docker-compose.yml",
      "version: '3'\nservices:\n  db:\n    image: fairlead-test/busybox\n    env_file: db.env\n"
      "    command: [sh, -c, 'nc -ll -p 5432 -e sh -c \"echo $$NAME speaks\"']\n"
      "  app:\n    image: fairlead-test/busybox\n    command: [sleep, '10000']\n"
      "    volumes: ['.:/work']\n");
  put("db.env", "NAME=database\n");
  put(".devcontainer/more.yml",
      "version: '3'\nservices:\n  app:\n    environment: {FROM: \"${HOME}\"}\n");
  configure(R"("dockerComposeFile": ["../docker-compose.yml", "more.yml"], "service": "app",
    "workspaceFolder": "/work", "forwardPorts": ["db:5432"],
    "postCreateCommand": "echo made > made")");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(shell(*there_, "cat " + folder_ + "/made").out, "made\n");
  const auto inside = exec({"sh", "-c", "pwd; echo $FROM"});
  EXPECT_EQ(inside.out, "/work\n/home/box\n") << inside.text();

  // The service's port is on this machine's loopback.
  const auto ports = on_host("ports", {"--json"});
  const auto local = json_at(ports.out, "/environments/0/forwards/0/localPort");
  ASSERT_NE(local, "") << ports.text();
  EXPECT_TRUE(wait_until(milliseconds(30'000), [&] {
    return said_by(std::stoi(local)) == "database speaks\n";
  })) << ports.text();

  // Again: started anew, by what Compose said before.
  EXPECT_EQ(on_host("stop").exit_code, 0);
  const auto again = up();
  EXPECT_EQ(json_at(again.out, "/containerId"), json_at(made.out, "/containerId")) << again.text();
  const auto down = on_host("down");
  EXPECT_EQ(down.exit_code, 0) << down.text();
  EXPECT_EQ(shell(*there_, "docker ps -aq --filter volume=" + folder_).out, "");
  EXPECT_EQ(shell(*there_, "ls ~/.local/state/fairlead/groups").out, "");
  EXPECT_EQ(masters().size(), 1U);
}

TEST_F(SshComposeTest, BuildsAndAddsFeaturesThere) {
  put("docker-compose.yml",
      "version: '3'\nservices:\n  app:\n    build: {context: ., dockerfile: Dockerfile}\n"
      "    command: [sleep, '10000']\n");
  put("Dockerfile", "FROM fairlead-test/busybox\nCOPY data /data\n");
  put("data", "of the host\n");
  put(".devcontainer/mark/devcontainer-feature.json", R"({"id": "mark", "version": "1.0.0"})");
  put(".devcontainer/mark/install.sh", "echo local >/mark\n");
  configure(R"("dockerComposeFile": "../docker-compose.yml", "service": "app",
    "features": {"./mark": {}})");
  const auto made = up();
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(exec({"cat", "/data", "/mark"}).out, "of the host\nlocal\n");
  EXPECT_EQ(on_host("down", {"--images"}).exit_code, 0);
}

TEST_F(SshComposeTest, NamesTheFileThatIsNotThere) {
  configure(R"("dockerComposeFile": "../no-such.yml", "service": "app")");
  const auto missing = up();
  EXPECT_NE(missing.exit_code, 0);
  EXPECT_NE(missing.text().find(folder_ + "/no-such.yml"), std::string::npos) << missing.text();
  // Files of this machine are nothing to a host's Compose.
  const auto here = test_run().below("work") / "project";
  write_file(here / ".devcontainer/devcontainer.json",
             R"({"dockerComposeFile": "c.yml", "service": "app"})");
  const auto refused = fairlead({"up", "--host", "ssh://box", "--workspace-folder", here.string()});
  EXPECT_NE(refused.text().find("its host is ssh://box"), std::string::npos) << refused.text();
}

}  // namespace
}  // namespace fairlead::test
