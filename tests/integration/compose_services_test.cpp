// What else a project has: sessions, logs, secrets, networks, files that draw in files, rough
// states.

#include "compose_fixture.hpp"

#include <filesystem>

namespace fairlead::test {
namespace {

class ComposeServices : public ComposeTest {
 protected:
  RunResult shell(const Workspace& project, const std::string& input) const {
    auto request = fairlead({"shell", "--workspace-folder", project.folder.string()});
    request.environment["FAIRLEAD_PLUGINS__COMPOSE__COMPOSE_PATH"] = variable(GetParam());
    request.input = input;
    request.timeout = milliseconds(120'000);
    return run(std::move(request));
  }
};
INSTANTIATE_TEST_SUITE_P(Version, ComposeServices, ::testing::Values("FAIRLEAD_TEST_COMPOSE"));

std::string service(const std::string& name, const std::string& command) {
  return "  " + name + ":\n    image: " + std::string(base_image) + "\n    command: " + command +
         "\n    stop_grace_period: 0s\n";
}

// CMP-016: the last session stops what was started, or nothing.
TEST_P(ComposeServices, TheLastSessionStopsTheProject) {
  const Workspace project = this->project(service("db", "sleep infinity"));
  const auto name = project_name(project);
  ASSERT_EQ(own(project, "up", {"--wait"}).exit_code, 0);
  EXPECT_EQ(shell(project, "echo in\n").out, "in\n");
  EXPECT_NE(services(name, "app").front().state, "running");
  EXPECT_NE(services(name, "db").front().state, "running");
  project.write(".devcontainer/devcontainer.json",
                R"({"dockerComposeFile": "compose.yml", "service": "app", "shutdownAction": "none",
                    "workspaceFolder": "/workspace"})");
  ASSERT_EQ(own(project, "up", {"--wait"}).exit_code, 0);
  EXPECT_EQ(shell(project, "echo in\n").out, "in\n");
  EXPECT_EQ(services(name, "app").front().state, "running");
  EXPECT_EQ(services(name, "db").front().state, "running");
  EXPECT_EQ(own(project, "down").exit_code, 0);
}

TEST_P(ComposeServices, HaveLogsAndCommandsOfTheirOwn) {
  const Workspace project = this->project(
      service("db", "sh -c 'echo ready $$HOSTNAME; sleep infinity'") + "    hostname: base\n");
  ASSERT_EQ(own(project, "up", {"--wait"}).exit_code, 0);
  auto request = fairlead({"logs", "--workspace-folder", project.folder.string(), "db"});
  request.environment["FAIRLEAD_PLUGINS__COMPOSE__COMPOSE_PATH"] = variable(GetParam());
  const RunResult logs = run(std::move(request));
  EXPECT_EQ(logs.out, "ready base\n") << logs.text();
  EXPECT_EQ(own(project, "exec", {"--service", "db", "hostname"}).out, "base\n");
  const RunResult wrong = own(project, "exec", {"--service", "dbb", "true"});
  EXPECT_NE(wrong.err.find("did you mean 'db'"), std::string::npos) << wrong.text();
  EXPECT_EQ(own(project, "down").exit_code, 0);
}

// CMP-001: what the files draw in is Compose's business, and a change of it is noticed.
TEST_P(ComposeServices, SecretsConfigsExtendsAndIncludesAreThere) {
  const Workspace project = project_of(
      "include: [more.yml]\nservices:\n  app:\n    extends: {file: base.yml, service: base}\n    "
      "command: sleep infinity\n    secrets: [token]\n    configs: [{source: conf, target: "
      "/conf}]\n"
      "    volumes: ['..:/workspace']\nsecrets: {token: {file: ./token}}\nconfigs: {conf: {file: "
      "./conf}}\n");
  project.write(".devcontainer/token", "hidden\n");
  project.write(".devcontainer/conf", "set\n");
  project.write(".devcontainer/base.yml",
                "services:\n  base:\n    image: " + std::string(base_image) +
                    "\n    stop_grace_period: 0s\n    environment: {A: "
                    "one}\n");
  project.write(".devcontainer/more.yml", "services:\n" + service("db", "sleep infinity"));
  const RunResult up = own(project, "up", {"--wait"});
  ASSERT_EQ(up.exit_code, 0) << up.text();
  EXPECT_EQ(own(project, "exec", {"sh", "-c", "cat /run/secrets/token /conf; echo $A"}).out,
            "hidden\nset\none\n");
  EXPECT_EQ(services(project_name(project), "db").size(), 1U);
  ASSERT_EQ(own(project, "down").exit_code, 0);
  project.write(".devcontainer/base.yml",
                "services:\n  base:\n    image: " + std::string(base_image) +
                    "\n    stop_grace_period: 0s\n    environment: {A: two}\n");
  ASSERT_EQ(own(project, "up", {"--wait"}).exit_code, 0);
  EXPECT_EQ(own(project, "exec", {"sh", "-c", "echo $A"}).out, "two\n");
  EXPECT_EQ(own(project, "down").exit_code, 0);
}

TEST_P(ComposeServices, NetworksOfOthersStay) {
  auto mark = test_run().id();
  engine().request("POST", "/networks/create", R"({"Name": ")" + mark + R"("})");
  const Workspace project = this->project(
      "    networks: [shared]\nnetworks:\n  shared:\n    name: " + mark + "\n    external: true\n");
  const RunResult up = own(project, "up", {"--wait"});
  EXPECT_EQ(up.exit_code, 0) << up.text();
  EXPECT_EQ(own(project, "down").exit_code, 0);
  EXPECT_NE(engine().request("GET", "/networks/" + mark).find(mark), std::string::npos);
  engine().request("DELETE", "/networks/" + mark);
}

/// One container of the project is gone, the other one stopped: `up` makes it whole.
TEST_P(ComposeServices, AProjectThatIsHalfUpIsMadeWhole) {
  const Workspace project = this->project(service("db", "sleep infinity"));
  const auto name = project_name(project);
  ASSERT_EQ(own(project, "up", {"--wait"}).exit_code, 0);
  engine().remove_container(services(name, "db").front().id);
  const auto app = services(name, "app").front().id;
  engine().request("POST", "/containers/" + app + "/stop?t=0");
  const RunResult up = own(project, "up", {"--wait", "--json"});
  ASSERT_EQ(up.exit_code, 0) << up.text();
  EXPECT_EQ(json_at(up.out, "/containerId"), app);
  ASSERT_EQ(services(name, "db").size(), 1U);
  EXPECT_EQ(services(name, "db").front().state, "running");
  EXPECT_EQ(own(project, "down").exit_code, 0);
}

TEST_P(ComposeServices, ADeadEngineIsNamed) {
  const Workspace project = this->project();
  test_run().set("DOCKER_HOST", "unix://" + test_run().below("no.sock").string());
  const RunResult up = own(project, "up", {"--json"});
  EXPECT_EQ(up.exit_code, 1);
  EXPECT_NE(up.text().find("engine.unreachable"), std::string::npos) << up.text();
}

/// What Compose once said does not keep a Compose that is gone.
TEST_P(ComposeServices, AComposeThatWentIsMissed) {
  const Workspace project = this->project();
  const auto copy = test_run().below("docker-compose");
  std::filesystem::copy_file(variable(GetParam()), copy);
  test_run().set("FAIRLEAD_PLUGINS__COMPOSE__DOCKER_PATH", "/no/docker");
  const auto with_copy = [&](const std::string& command) {
    auto request = fairlead({command, "--workspace-folder", project.folder.string()});
    request.environment["FAIRLEAD_PLUGINS__COMPOSE__COMPOSE_PATH"] = copy;
    request.timeout = milliseconds(120'000);
    return run(std::move(request));
  };
  ASSERT_EQ(with_copy("up").exit_code, 0);
  ASSERT_EQ(with_copy("down").exit_code, 0);
  std::filesystem::remove(copy);
  const RunResult gone = with_copy("up");
  EXPECT_NE(gone.text().find("There is no Compose"), std::string::npos) << gone.text();
}

}  // namespace
}  // namespace fairlead::test
