// Two machines that use one engine for folders of the same path: each has what is its own.

#include "ssh_host_fixture.hpp"
#include "support/files.hpp"
#include "support/json.hpp"

#include <filesystem>

namespace fairlead::test {
namespace {

class SshMachinesTest : public SshWorkspaceTest {
 protected:
  void SetUp() override {
    enter_where(std::string(docker_there) + " && docker-compose version", "engine, or no Compose");
    if (IsSkipped()) return;
    test_run().set("FAIRLEAD_HOST", "ssh://box");
    test_run().set("FAIRLEAD_PORT_NAMES", "0");
    project_ = test_run().below("work") / "project";
  }
  void TearDown() override {
    if (there_) {
      elsewhere(about({"down", "--images"}));
      elsewhere({"background", "--stop"});
      fairlead(about({"down", "--images"}));
      fairlead({"background", "--stop"});
      shell(*there_, "rm -rf ~/.local/share/fairlead ~/.local/state/fairlead");
    }
    SshWorkspaceTest::TearDown();
  }

  void configured(const std::string& members) const {
    std::filesystem::create_directories(project_ / ".devcontainer");
    write_file(project_ / ".devcontainer/devcontainer.json", '{' + members + '}');
  }
  std::vector<std::string> about(std::vector<std::string> words) const {
    words.insert(words.begin() + 1, {"--workspace-folder", project_.string()});
    return words;
  }
  /// On the host, of this folder, whoever's.
  std::string containers(const std::string& what) {
    return shell(*there_, "docker ps --filter label=devcontainer.local_folder=" +
                              project_.string() + " --format '" + what + "' | sort -u | wc -l")
        .out;
  }

  /// Both machines bring it up and neither meets the other's.
  void expect_two() {
    const auto ours = fairlead(about({"up", "--json", "--wait"}));
    ASSERT_EQ(ours.exit_code, 0) << ours.text();
    const auto none = elsewhere(about({"exec", "true"}));
    EXPECT_NE(none.text().find("Dev container not found"), std::string::npos) << none.text();
    const auto theirs = elsewhere(about({"up", "--json", "--wait"}));
    ASSERT_EQ(theirs.exit_code, 0) << theirs.text();
    EXPECT_NE(json_at(ours.out, "/containerId"), json_at(theirs.out, "/containerId"));

    // By the folder both are found; ids, names and images are two of each.
    for (const auto* what : {"{{.ID}}", "{{.Names}}", "{{.Label \"dev.fairlead.machine\"}}"})
      EXPECT_EQ(containers(what), "2\n") << what;
    const std::vector<std::string> id = {"exec", "sh", "-c", "echo $ID"};
    EXPECT_NE(fairlead(about(id)).out, elsewhere(about(id)).out);
    fairlead(about({"exec", "sh", "-c", "echo ours >/mine"}));
    EXPECT_NE(elsewhere(about({"exec", "cat", "/mine"})).exit_code, 0);

    EXPECT_EQ(elsewhere(about({"down", "--images"})).exit_code, 0);
    EXPECT_EQ(fairlead(about({"exec", "cat", "/mine"})).out, "ours\n");
  }

  std::filesystem::path project_;
};

TEST_F(SshMachinesTest, HaveContainersOfTheirOwn) {
  write_file(project_ / ".devcontainer/Dockerfile",
             "FROM fairlead-test/busybox\nRUN echo built >/built\n");
  configured(R"("build": {"dockerfile": "Dockerfile"},
                "containerEnv": {"ID": "${devcontainerId}"})");
  expect_two();
}

TEST_F(SshMachinesTest, HaveProjectsOfTheirOwn) {
  write_file(project_ / "docker-compose.yml",
             "version: '3'\nservices:\n  app:\n    image: fairlead-test/busybox\n"
             "    command: [sleep, '10000']\n");
  configured(R"("dockerComposeFile": "../docker-compose.yml", "service": "app",
                "containerEnv": {"ID": "${devcontainerId}"})");
  expect_two();
}

/// Whoever names the folder there shares it, and what is made of it.
TEST_F(SshMachinesTest, ShareWhatTheyNameTogether) {
  test_run().set("FAIRLEAD_REMOTE_WORKSPACE_FOLDER", folder_);
  test_run().set("FAIRLEAD_CONTENT", "sync");
  configured(R"("image": "fairlead-test/busybox")");
  const auto ours = fairlead(about({"up", "--json", "--wait"}));
  ASSERT_EQ(ours.exit_code, 0) << ours.text();
  const auto theirs = elsewhere(about({"exec", "sh", "-c", "echo shared >/seen"}));
  EXPECT_EQ(theirs.exit_code, 0) << theirs.text();
  EXPECT_EQ(fairlead(about({"exec", "cat", "/seen"})).out, "shared\n");
  EXPECT_EQ(containers("{{.ID}}"), "1\n");
}

}  // namespace
}  // namespace fairlead::test
