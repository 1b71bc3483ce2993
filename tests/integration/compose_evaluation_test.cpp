// What Compose is asked and how often, what is already there, and equal names.

#include "compose_fixture.hpp"

#include <filesystem>

namespace fairlead::test {
namespace {

class ComposeEvaluation : public ComposeTest {
 protected:
  /// A Compose that writes down what it is asked.
  void SetUp() override {
    ComposeTest::SetUp();
    if (IsSkipped()) return;
    write_file(program(), "#!/bin/sh\nprintf '%s\\n' \"$*\" >>" + asked().string() + "\nexec " +
                              variable(GetParam()) + " \"$@\"\n");
    std::filesystem::permissions(program(), std::filesystem::perms::all);
    test_run().set("FAIRLEAD_PLUGINS__COMPOSE__DOCKER_PATH", "/no/docker");
  }

  RunResult counted(const std::string& command, const char* option, const Workspace& project) {
    auto request = fairlead({command, "--workspace-folder", project.folder.string(), option});
    request.environment["FAIRLEAD_PLUGINS__COMPOSE__COMPOSE_PATH"] = program();
    request.timeout = milliseconds(120'000);
    return run(std::move(request));
  }

  /// How often it was asked for the evaluated configuration.
  int evaluations() {
    const auto text = read_file(asked());
    int count = 0;
    for (auto at = text.find(" config\n"); at != std::string::npos;
         at = text.find(" config\n", at + 1))
      ++count;
    return count;
  }

  std::filesystem::path program() { return test_run().below("bin/docker-compose"); }
  std::filesystem::path asked() { return test_run().below("asked"); }
};
INSTANTIATE_TEST_SUITE_P(Version, ComposeEvaluation, ::testing::Values("FAIRLEAD_TEST_COMPOSE"));

TEST_P(ComposeEvaluation, IsAskedForOnceUntilWhatItReadsChanges) {
  const Workspace project = project_of(
      "include: [more.yml]\nservices:\n  app:\n    extends: {file: base.yml, service: base}\n    "
      "command: sleep infinity\n    env_file: [app.env]\n    volumes: ['..:/workspace']\n");
  const std::map<std::string, std::string> files = {
      {".devcontainer/base.yml", "services:\n  base:\n    image: " + std::string(base_image) +
                                     "\n    stop_grace_period: 0s\n    env_file: [base.env]\n"},
      {".devcontainer/more.yml", "include: [deep/deeper.yml]\nservices: {}\n"},
      {".devcontainer/deep/deeper.yml", "services: {}\n"},
      {".devcontainer/app.env", "A=1\n"},
      {".devcontainer/base.env", "B=1\n"},
      {".devcontainer/.env", "C=1\n"},
      {".env", "D=1\n"}};
  for (const auto& [name, text] : files) project.write(name, text);
  const RunResult first = counted("up", "--wait", project);
  ASSERT_EQ(first.exit_code, 0) << first.text();
  EXPECT_EQ(evaluations(), 1) << read_file(asked());
  EXPECT_EQ(counted("up", "--wait", project).exit_code, 0);
  EXPECT_EQ(evaluations(), 1) << read_file(asked());
  EXPECT_EQ(own(project, "down").exit_code, 0);
  // Where nothing runs, this asks the same as `up` and takes far less time.
  const auto read = [&] {
    return counted("read-configuration", "--include-merged-configuration", project);
  };
  const RunResult unchanged = read();
  EXPECT_EQ(unchanged.exit_code, 0) << unchanged.text();
  EXPECT_EQ(evaluations(), 1) << read_file(asked());
  int expected = 1;
  for (const auto& [name, text] : files) {
    project.write(name, "# changed\n" + text);
    const RunResult changed = read();
    EXPECT_EQ(changed.exit_code, 0) << name << changed.text();
    EXPECT_EQ(evaluations(), ++expected) << name;
  }
}

// CMP-012: a project that somebody started by hand is entered, and nothing of it is made anew.
TEST_P(ComposeEvaluation, AProjectThatRunsIsEnteredAsItIs) {
  const Workspace project =
      this->project("  db:\n    image: " + std::string(base_image) +
                    "\n    command: sleep infinity\n    stop_grace_period: 0s\n  other:\n    "
                    "image: " +
                    std::string(base_image) + "\n    profiles: [extra]\n");
  const auto name = project_name(project);
  const RunResult by_hand =
      run({.argv = {variable(GetParam()), "-p", name, "-f",
                    (project.folder / ".devcontainer/compose.yml").string(), "up", "-d"},
           .environment = test_run().environment()});
  ASSERT_EQ(by_hand.exit_code, 0) << by_hand.text();
  const auto app = services(name, "app").front();
  const auto db = services(name, "db").front();
  const RunResult up = own(project, "up", {"--json", "--wait"});
  EXPECT_EQ(json_at(up.out, "/containerId"), app.id) << up.text();
  ASSERT_EQ(services(name, "db").size(), 1U);
  EXPECT_EQ(services(name, "db").front().id, db.id);
  EXPECT_EQ(services(name, "db").front().labels, db.labels);
  EXPECT_TRUE(services(name, "other").empty());
  const RunResult theirs = drop_in(project, "up");
  EXPECT_EQ(json_at(theirs.out, "/containerId"), app.id) << theirs.text();
  EXPECT_EQ(run({.argv = {variable(GetParam()), "-p", name, "-f",
                          (project.folder / ".devcontainer/compose.yml").string(), "down"},
                 .environment = test_run().environment()})
                .exit_code,
            0);
}

/// Two people's checkouts of one repository, on one engine.
TEST_P(ComposeEvaluation, EqualFolderNamesShareNothing) {
  const Workspace one = project();
  const Workspace two{test_run().below("work/other/" + one.base())};
  for (const char* file : {".devcontainer/compose.yml", ".devcontainer/devcontainer.json"})
    two.write(file, one.read(file));
  const RunResult first = own(one, "up", {"--json", "--wait"});
  const RunResult second = own(two, "up", {"--json", "--wait"});
  ASSERT_EQ(first.exit_code, 0) << first.text();
  ASSERT_EQ(second.exit_code, 0) << second.text();
  const auto name = json_at(first.out, "/composeProjectName");
  const auto other_name = json_at(second.out, "/composeProjectName");
  EXPECT_EQ(other_name.substr(0, name.size() + 1), name + "-");
  const auto mine = services(name, "app");
  const auto theirs = services(other_name, "app");
  ASSERT_EQ(mine.size(), 1U);
  ASSERT_EQ(theirs.size(), 1U);
  EXPECT_NE(mine.front().id, theirs.front().id);
  EXPECT_EQ(mine.front().labels.at("devcontainer.local_folder"), one.folder.string());
  EXPECT_EQ(theirs.front().labels.at("devcontainer.local_folder"), two.folder.string());
  EXPECT_EQ(own(two, "down").exit_code, 0);
  ASSERT_EQ(services(name, "app").size(), 1U);
  EXPECT_EQ(services(name, "app").front().state, "running");
  EXPECT_EQ(own(one, "down").exit_code, 0);
}

}  // namespace
}  // namespace fairlead::test
