// What goes wrong with Compose, and what is said of it.

#include "compose_fixture.hpp"

namespace fairlead::test {
namespace {

class ComposeFaults : public ComposeTest {
 protected:
  void expect_failure(const RunResult& result, const std::vector<std::string>& words) {
    EXPECT_EQ(result.exit_code, 1) << result.text();
    for (const auto& word : words) {
      EXPECT_NE((result.out + result.err).find(word), std::string::npos)
          << "'" << word << "' is not in:\n"
          << result.text();
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Version, ComposeFaults, ::testing::Values("FAIRLEAD_TEST_COMPOSE"));

TEST_P(ComposeFaults, ABrokenFileIsNamedWithItsPlace) {  // CMP-019
  const Workspace project = project_of("services:\n  app:\n    image: [x\n");
  expect_failure(own(project, "up"), {"compose.yml:", "not valid YAML"});
  project.write(".devcontainer/compose.yml", "services:\n  app:\n    image: x\n    imag: y\n");
  expect_failure(own(project, "up"), {"compose.yml:4:5: "});
  expect_failure(drop_in(project, "up"),
                 {"An error occurred retrieving the Docker Compose configuration."});
}

TEST_P(ComposeFaults, AMissingFileIsNamed) {
  const Workspace project = this->project();
  std::filesystem::remove(project.folder / ".devcontainer/compose.yml");
  expect_failure(own(project, "up"), {"compose.yml is not there"});
}

TEST_P(ComposeFaults, TheNearestServiceIsOffered) {
  const Workspace project = this->project();
  project.write(".devcontainer/devcontainer.json",
                R"({"dockerComposeFile": "compose.yml", "service": "apo"})");
  expect_failure(own(project, "up"),
                 {"Service 'apo' configured in devcontainer.json not found", "did you mean 'app'"});
  project.write(
      ".devcontainer/devcontainer.json",
      R"({"dockerComposeFile": "compose.yml", "service": "app", "runServices": ["apps"]})");
  expect_failure(own(project, "up"),
                 {"Service 'apps' of runServices not found", "did you mean 'app'"});
}

// CMP-019: the drop-in says which command failed, as the reference does.
TEST_P(ComposeFaults, TheDropInNamesTheCommand) {
  const Workspace project = this->project();
  const auto file = (project.folder / ".devcontainer/compose.yml").string();
  std::filesystem::remove(file);
  expect_failure(drop_in(project, "up"), {"\"message\":\"Command failed: " + variable(GetParam()) +
                                          " -f " + file + " --profile * config\""});
}

TEST_P(ComposeFaults, ASickServiceIsShownWithItsLog) {
  const Workspace project = this->project(
      "    depends_on:\n      db:\n        condition: service_healthy\n  db:\n    image: " +
      std::string(base_image) +
      "\n    command: sh -c 'echo the reason; sleep infinity'\n    stop_grace_period: 0s\n    "
      "healthcheck:\n"
      "      test: ['CMD', 'false']\n      interval: 1s\n      retries: 1\n");
  expect_failure(own(project, "up"), {"The service 'db' is not well", "the reason"});
  EXPECT_EQ(own(project, "down").exit_code, 0);
}

TEST_P(ComposeFaults, AServiceThatNeverBecomesHealthyHasADeadline) {
  const Workspace project = this->project(
      "    depends_on:\n      db:\n        condition: service_healthy\n  db:\n    image: " +
      std::string(base_image) +
      "\n    command: sh -c 'echo still busy; sleep infinity'\n    stop_grace_period: 0s\n    "
      "healthcheck:\n      test: ['CMD', 'true']\n      interval: 1h\n");
  test_run().set("FAIRLEAD_PLUGINS__COMPOSE__HEALTH_TIMEOUT", "2");
  expect_failure(own(project, "up"), {"The service 'db' has not become healthy within 2 s",
                                      "still busy", "plugins.compose.health_timeout"});
  for (const auto& name : {"db", "app"}) {
    for (const auto& left : services(project_name(project), name))
      engine().remove_container(left.id);
  }
  engine().request("DELETE", "/networks/" + project_name(project) + "_default");
}

TEST_P(ComposeFaults, ANetworkThatOthersUseStaysAndIsNamed) {
  const Workspace project = this->project();
  ASSERT_EQ(own(project, "up", {"--wait"}).exit_code, 0);
  const auto network = project_name(project) + "_default";
  const auto guest = "guest-" + test_run().id();
  const auto id =
      json_at(engine().request("POST", "/containers/create?name=" + guest,
                               R"({"Image":")" + std::string(base_image) +
                                   R"(","Cmd":["sleep","600"],"HostConfig":{"NetworkMode":")" +
                                   network + "\"}}"),
              "/Id");
  engine().request("POST", "/containers/" + id + "/start");
  const RunResult down = own(project, "down");
  EXPECT_EQ(down.exit_code, 0) << down.text();
  EXPECT_NE(down.err.find("The network " + network + " stays: " + guest), std::string::npos)
      << down.text();
  EXPECT_TRUE(services(project_name(project), "app").empty());
  engine().remove_container(id);
  engine().request("DELETE", "/networks/" + network);
}

TEST_P(ComposeFaults, AServiceBehindAProfileIsStartedAllTheSame) {
  const Workspace project = this->project("    profiles: [dev]\n");
  const RunResult up = own(project, "up", {"--wait", "--json"});
  EXPECT_EQ(up.exit_code, 0) << up.text();
  EXPECT_EQ(own(project, "down").exit_code, 0);
}

TEST_P(ComposeFaults, WithoutComposeThatIsSaid) {
  const Workspace project = this->project();
  const RunResult up = run(fairlead({"up", "--workspace-folder", project.folder.string(),
                                     "--docker-compose-path", "/nowhere/docker-compose"}));
  expect_failure(up, {"There is no Compose", "--docker-compose-path"});
}

}  // namespace
}  // namespace fairlead::test
