#include "compose_fixture.hpp"

#include <algorithm>
#include <cctype>

namespace fairlead::test {
namespace {

std::string as_project(std::string name) {
  std::erase(name, '.');
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

std::vector<std::string> words_for(const Workspace& workspace, const std::string& command,
                                   std::vector<std::string> more) {
  more.insert(more.begin(), {command, "--workspace-folder", workspace.folder.string()});
  return more;
}

}  // namespace

void ComposeTest::SetUp() {
  if (variable(GetParam()).empty()) GTEST_SKIP() << "skipped: " << GetParam() << " is not set";
  DockerTest::SetUp();
}

/// Companions carry none of the labels by which a test's containers are found.
void ComposeTest::TearDown() {
  if (variable(GetParam()).empty()) return;
  const auto mark = as_project(test_run().id());
  for (const Container& container : engine().containers()) {
    const auto label = container.labels.find("com.docker.compose.project");
    if (label != container.labels.end() && label->second.find(mark) != std::string::npos)
      engine().remove_container(container.id);
  }
  DockerTest::TearDown();
}

Workspace ComposeTest::project(const std::string& more, const std::string& members) {
  return project_of("services:\n  app:\n    image: " + std::string(base_image) +
                        "\n    command: sleep infinity\n    stop_grace_period: 0s\n    volumes:\n  "
                        "    - ..:/workspace\n" +
                        more,
                    members);
}

Workspace ComposeTest::project_of(const std::string& file, const std::string& members) {
  const Workspace made = workspace();
  made.write(".devcontainer/compose.yml", file);
  made.write(
      ".devcontainer/devcontainer.json",
      R"({"dockerComposeFile": "compose.yml", "service": "app", "workspaceFolder": "/workspace")" +
          (members.empty() ? "" : ", " + members) + "}");
  return made;
}

std::vector<std::string> ComposeTest::with_compose(std::vector<std::string> words) const {
  words.insert(words.begin() + 1, {"--docker-compose-path", variable(GetParam())});
  return words;
}

RunResult ComposeTest::own(const Workspace& workspace, const std::string& command,
                           std::vector<std::string> more) const {
  auto request = fairlead(words_for(workspace, command, std::move(more)));
  request.environment["FAIRLEAD_PLUGINS__COMPOSE__COMPOSE_PATH"] = variable(GetParam());
  request.timeout = milliseconds(120'000);
  return run(std::move(request));
}

RunResult ComposeTest::drop_in(const Workspace& workspace, const std::string& command,
                               std::vector<std::string> more) const {
  auto request = devcontainer(with_compose(words_for(workspace, command, std::move(more))));
  request.timeout = milliseconds(120'000);
  return run(std::move(request));
}

RunResult ComposeTest::reference(const Workspace& workspace, const std::string& command,
                                 std::vector<std::string> more) const {
  auto request = with_program(
      reference_cli(), devcontainer(with_compose(words_for(workspace, command, std::move(more)))));
  request.timeout = milliseconds(120'000);
  return run(std::move(request));
}

std::string ComposeTest::project_name(const Workspace& workspace) const {
  return as_project(workspace.base() + "_devcontainer");
}

std::vector<Container> ComposeTest::services(const std::string& project,
                                             const std::string& name) const {
  auto found = engine().containers();
  std::erase_if(found, [&](const Container& container) {
    const auto has = [&](const char* key, const std::string& value) {
      const auto label = container.labels.find(key);
      return label != container.labels.end() && label->second == value;
    };
    return !has("com.docker.compose.project", project) || !has("com.docker.compose.service", name);
  });
  return found;
}

void ComposeTest::expect_two_configurations_share_a_project() {
  const auto companion = "  db:\n    image: " + std::string(base_image) +
                         "\n    command: sleep infinity\n    stop_grace_period: 0s\n";
  const Workspace workspace =
      project(companion, R"("runServices": ["app"], "overrideCommand": true)");
  workspace.write(
      ".devcontainer/two/devcontainer.json",
      R"({"dockerComposeFile": "../compose.yml", "service": "db", "runServices": ["db"]})");
  const auto second = (workspace.folder / ".devcontainer/two/devcontainer.json").string();
  const auto first = workspace.config_file().string();
  const auto name = project_name(workspace);
  ASSERT_EQ(own(workspace, "up", {"--wait", "--config", first}).exit_code, 0);
  const auto app = services(name, "app").front().id;
  const RunResult two = own(workspace, "up", {"--wait", "--config", second});
  ASSERT_EQ(two.exit_code, 0) << two.text();
  EXPECT_EQ(services(name, "app").front().id, app);
  ASSERT_EQ(own(workspace, "down", {"--config", first}).exit_code, 0);
  EXPECT_TRUE(services(name, "app").empty());
  ASSERT_EQ(services(name, "db").size(), 1U);
  EXPECT_EQ(services(name, "db").front().state, "running");
  EXPECT_EQ(own(workspace, "down", {"--config", second}).exit_code, 0);
}

}  // namespace fairlead::test
