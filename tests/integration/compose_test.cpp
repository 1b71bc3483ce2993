// Compose projects on a real engine, with the Compose of each version.

#include "compose_fixture.hpp"

namespace fairlead::test {
namespace {

const std::string companion = "  db:\n    image: " + std::string(base_image) +
                              "\n    command: sleep infinity\n    stop_grace_period: 0s\n";

class Compose : public ComposeTest {};
INSTANTIATE_TEST_SUITE_P(Version, Compose, ::testing::Values("FAIRLEAD_TEST_COMPOSE"));

/// The first version takes a second for every command: once through everything has to do.
class ComposeVersions : public ComposeTest {};
INSTANTIATE_TEST_SUITE_P(Version, ComposeVersions,
                         ::testing::Values("FAIRLEAD_TEST_COMPOSE", "FAIRLEAD_TEST_COMPOSE_1"),
                         [](const auto& version) {
                           return std::string(version.param).ends_with("_1") ? "One" : "Two";
                         });

// CMP-001, CMP-002, CMP-003, CMP-004, CMP-005, CMP-012, CMP-015, VSC-011
TEST_P(ComposeVersions, ComesUpOnceAndGoesAsAWhole) {
  allow_processes_inside();
  const Workspace project = this->project(companion, R"("postCreateCommand": "echo x >> made")");
  const RunResult up = own(project, "up", {"--json", "--wait"});
  ASSERT_EQ(up.exit_code, 0) << up.text();
  const auto name = project_name(project);
  EXPECT_EQ(json_at(up.out, "/composeProjectName"), name);
  EXPECT_EQ(json_at(up.out, "/remoteWorkspaceFolder"), "/workspace");
  ASSERT_EQ(services(name, "app").size(), 1U);
  ASSERT_EQ(services(name, "db").size(), 1U);
  const auto app = services(name, "app").front();
  EXPECT_EQ(app.id, json_at(up.out, "/containerId"));
  EXPECT_TRUE(app.labels.contains("devcontainer.metadata"));
  EXPECT_EQ(app.labels.at("devcontainer.local_folder"), project.folder.string());
  EXPECT_EQ(project.read("made"), "x\n");
  EXPECT_FALSE(services(name, "db").front().labels.contains("devcontainer.local_folder"));

  const RunResult again = own(project, "up", {"--json", "--wait"});
  EXPECT_EQ(json_at(again.out, "/containerId"), app.id) << again.text();
  EXPECT_EQ(project.read("made"), "x\n");
  EXPECT_EQ(own(project, "exec", {"cat", "made"}).out, "x\n");
  EXPECT_EQ(json_at(own(project, "status", {"--json"}).out, "/environment/project"), name);

  const RunResult stopped = own(project, "stop");
  EXPECT_EQ(stopped.exit_code, 0) << stopped.text();
  EXPECT_EQ(services(name, "db").front().state, "exited");
  const RunResult resumed = own(project, "up", {"--json", "--wait"});  // CMP-013
  EXPECT_EQ(json_at(resumed.out, "/containerId"), app.id) << resumed.text();
  EXPECT_EQ(services(name, "db").front().state, "running");

  const RunResult down = own(project, "down");
  EXPECT_EQ(down.exit_code, 0) << down.text();
  EXPECT_TRUE(services(name, "app").empty());
  EXPECT_TRUE(services(name, "db").empty());
}

// CMP-003, CMP-006, CMP-007, CMP-008, CMP-009, CMP-011, CMP-018
TEST_P(Compose, AppliesTheConfigurationToTheService) {
  const auto theirs = "theirs-" + test_run().id();
  engine().request("POST", "/volumes/create", R"({"Name": ")" + theirs + R"("})");
  const Workspace project = this->project(
      companion + "  other:\n    image: " + std::string(base_image) +
          "\n    command: sleep infinity\n",
      R"("mounts": ["type=volume,source=opt,target=/opt/v", "type=volume,source=)" + theirs +
          R"(,target=/theirs,external=true"],
         "runServices": ["db"], "overrideCommand": true, "containerEnv": {"A": "a $x 'q'"},
         "init": true, "appPort": 39871,
         "runArgs": ["--no-such"], "capAdd": ["SYS_PTRACE"])");
  const RunResult up = own(project, "up", {"--json", "--wait"});
  ASSERT_EQ(up.exit_code, 0) << up.text();
  const auto name = project_name(project);
  EXPECT_EQ(services(name, "db").size(), 1U);
  EXPECT_TRUE(services(name, "other").empty());
  const auto inspected = engine().inspect(json_at(up.out, "/containerId"));
  EXPECT_NE(inspected.find("SYS_PTRACE"), std::string::npos);
  EXPECT_NE(inspected.find(name + "_opt"), std::string::npos);
  EXPECT_NE(inspected.find('"' + theirs + '"'), std::string::npos);
  EXPECT_EQ(inspected.find(name + '_' + theirs), std::string::npos);
  EXPECT_EQ(inspected.find("39871"), std::string::npos);
  EXPECT_EQ(own(project, "exec", {"sh", "-c", "printf %s \"$A\""}).out, "a $x 'q'");
  EXPECT_EQ(own(project, "down", {"--volumes"}).exit_code, 0);
  EXPECT_NE(engine().request("GET", "/volumes/" + theirs).find("Mountpoint"), std::string::npos);
  engine().request("DELETE", "/volumes/" + theirs);
}

// CMP-010, CMP-015: the image that Compose builds carries the feature and keeps Compose's name.
TEST_P(Compose, PutsFeaturesOntoWhatAServiceBuilds) {
  const Workspace project = this->project_of(
      "services:\n  app:\n    build:\n      context: .\n      target: dev\n"
      "    command: sleep infinity\n    stop_grace_period: 0s\n    volumes:\n      - "
      "..:/workspace\n",
      R"("features": {"./local": {}})");
  project.write(
      ".devcontainer/Dockerfile",
      "FROM " + std::string(base_image) + " AS dev\nENV FROM_FILE=yes\nFROM dev\nRUN exit 3\n");
  project.write(".devcontainer/local/devcontainer-feature.json",
                R"({"id": "local", "version": "1.0.0", "name": "l"})");
  project.write(".devcontainer/local/install.sh", "#!/bin/sh\necho $_CONTAINER_USER >/feature\n");
  const RunResult up = own(project, "up", {"--json", "--wait", "--buildkit", "never"});
  ASSERT_EQ(up.exit_code, 0) << up.text();
  EXPECT_EQ(own(project, "exec", {"sh", "-c", "cat /feature; echo $FROM_FILE"}).out, "root\nyes\n");
  EXPECT_EQ(own(project, "down", {"--images"}).exit_code, 0);
}

// LIFE-018: of a service, too; what only the prebuild needed goes with it.
TEST_P(Compose, KeepsAPrebuildAsAnImage) {
  const Workspace project = this->project(
      companion, R"("onCreateCommand": "echo created >> /log", "containerEnv": {"MINE": "kept"},
                    "postCreateCommand": "echo late >> /log")");
  auto name = "fairlead-test/snapshot-" + test_run().id();
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  const RunResult made = own(project, "build", {"--json", "--prebuild", "--image-name", name});
  ASSERT_EQ(made.exit_code, 0) << made.text();
  EXPECT_EQ(json_at(made.out, "/imageName/0"), name);
  EXPECT_TRUE(services(project_name(project), "app").empty());
  EXPECT_TRUE(services(project_name(project), "db").empty());
  const auto image = engine().request("GET", "/images/" + name + "/json");
  EXPECT_EQ(json_at(image, "/Config/Labels/com.docker.compose.project"), "") << image;
  EXPECT_EQ(image.find("onCreateCommand"), std::string::npos) << image;
  // Else each container of it would have volumes that nobody asked for.
  EXPECT_EQ(image.find("\"/workspace\":{}"), std::string::npos) << image;
  const Workspace second = workspace({}, "other");
  second.write(".devcontainer/devcontainer.json", R"({"image": ")" + name + R"("})");
  must_own_up(second);
  EXPECT_EQ(must_exec(second, "cat /log; echo $MINE"), "created\nlate\nkept\n");
  EXPECT_EQ(own(second, "down").exit_code, 0);
  engine().remove_image(name);
}

// VSC-010: a job removes the services that it has started, and no others.
TEST_P(Compose, AJobLeavesTheServicesThatWereThere) {
  const Workspace project =
      this->project("      - /data\n      - kept:/kept\n" + companion + "volumes:\n  kept:\n");
  const RunResult first =
      own(project, "run",
          {"--", "sed", "-n", R"(s#.*/volumes/\([0-9a-f]*\)/_data /data .*#\1#p)",
           "/proc/self/mountinfo"});
  EXPECT_EQ(first.exit_code, 0) << first.text();
  const auto name = project_name(project);
  EXPECT_TRUE(services(name, "db").empty());
  // A volume without a name goes, one with a name may be from before.
  ASSERT_EQ(first.out.size(), 65U) << first.text();
  const auto is_there = [&](const std::string& volume) {
    const auto found =
        engine().request("GET", "/volumes?filters=%7B%22name%22%3A%5B%22" + volume + "%22%5D%7D");
    return found.find('"' + volume + '"') != std::string::npos;
  };
  EXPECT_FALSE(is_there(first.out.substr(0, 64)));
  EXPECT_TRUE(is_there(name + "_kept"));
  ASSERT_EQ(own(project, "up", {"--wait"}).exit_code, 0);
  for (const auto& app : services(name, "app")) engine().remove_container(app.id);
  const RunResult job = own(project, "run", {"--", "sh", "-c", "exit 3"});
  EXPECT_EQ(job.exit_code, 3) << job.text();
  EXPECT_TRUE(services(name, "app").empty());
  EXPECT_EQ(services(name, "db").size(), 1U);
  EXPECT_EQ(own(project, "up", {"--wait"}).exit_code, 0);
  EXPECT_EQ(own(project, "down", {"--volumes"}).exit_code, 0);
  EXPECT_FALSE(is_there(name + "_kept"));
}

// CMP-015: each finds what the other one made.
TEST_P(Compose, SharesProjectsWithTheReference) {
  if (reference_cli().empty()) GTEST_SKIP() << "skipped: no reference CLI";
  const Workspace project = this->project(companion);
  const RunResult theirs = reference(project, "up", {"--buildkit", "never"});
  ASSERT_EQ(theirs.exit_code, 0) << theirs.text();
  const RunResult ours = drop_in(project, "up");
  EXPECT_EQ(ours.out, theirs.out) << ours.text();
  EXPECT_EQ(own(project, "down").exit_code, 0);
  const RunResult first = drop_in(project, "up");
  ASSERT_EQ(first.exit_code, 0) << first.text();
  EXPECT_EQ(reference(project, "up", {"--buildkit", "never"}).out, first.out);
  EXPECT_EQ(reference(project, "exec", {"sh", "-c", "pwd"}).out, "/workspace\n");
  EXPECT_EQ(own(project, "down").exit_code, 0);
}

// CMP-010: images that others start from carry the configuration.
TEST_P(Compose, BuildsWhatTheReferenceBuilds) {
  if (reference_cli().empty()) GTEST_SKIP() << "skipped: no reference CLI";
  const auto members = R"("containerEnv": {"A": "1"}, "postCreateCommand": "true")";
  const auto both = [&](const Workspace& project, const std::vector<std::string>& more) {
    const RunResult theirs = reference(project, "build", more);
    EXPECT_EQ(theirs.exit_code, 0) << theirs.text();
    const auto* place = more.empty() ? "/imageName" : "/imageName/0";
    engine().remove_image(json_at(theirs.out, place));
    const RunResult ours = drop_in(project, "build", more);
    EXPECT_EQ(ours.out, theirs.out) << ours.text();
    const auto image = json_at(ours.out, place);
    const auto said = engine().request("GET", "/images/" + image + "/json");
    EXPECT_NE(json_at(said, "/Config/Labels/devcontainer.metadata").find("postCreateCommand"),
              std::string::npos)
        << said;
    // What is in the label is not said twice.
    const RunResult read =
        drop_in(project, "read-configuration", {"--include-merged-configuration"});
    EXPECT_EQ(json_at(read.out, "/mergedConfiguration/postCreateCommands/0"), "true")
        << read.text();
    EXPECT_EQ(json_at(read.out, "/mergedConfiguration/postCreateCommands/1"), "") << read.text();
    engine().remove_image(image);
  };
  auto name = "fairlead-test/built-" + test_run().id();
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  const Workspace plain = this->project(companion, members);
  both(plain, {});
  both(plain, {"--image-name", name});
  const Workspace built =
      this->project_of("services:\n  app:\n    build: .\n    command: sleep infinity\n", members);
  built.write(".devcontainer/Dockerfile", "FROM " + std::string(base_image) + "\nENV B=1\n");
  both(built, {});
}

TEST_P(Compose, NamesAMissingDockerfileAsTheReference) {
  if (reference_cli().empty()) GTEST_SKIP() << "skipped: no reference CLI";
  const Workspace project = this->project_of("services:\n  app:\n    build: .\n");
  const RunResult theirs = reference(project, "build");
  const RunResult ours = drop_in(project, "build");
  EXPECT_EQ(ours.exit_code, 1);
  EXPECT_EQ(ours.out, theirs.out) << ours.text();
  // The reference's `up` says the same, and leaves a process of docker's behind.
  const RunResult up = drop_in(project, "up");
  EXPECT_TRUE(json_at(up.out, "/message").starts_with("ENOENT: ")) << up.text();
  EXPECT_EQ(json_at(up.out, "/description"), "An error occurred setting up the container.");
  const std::vector<std::string> merged = {"--include-merged-configuration"};
  EXPECT_EQ(drop_in(project, "read-configuration", merged).exit_code,
            reference(project, "read-configuration", merged).exit_code);
}

// CMP-020, VSC-022: the project is shared, the services of one configuration are not the other's.
TEST_P(Compose, TwoConfigurationsShareOneProject) { expect_two_configurations_share_a_project(); }

}  // namespace
}  // namespace fairlead::test
