// Which plugin is used, what is said when none can be, and what people can ask about it.

#include "fixture.hpp"
#include "support/files.hpp"

namespace fairlead::test {
namespace {

class Selection : public DockerTest {
 protected:
  /// Both backends are there and none is chosen.
  void offer_both() {
    make_target("testbed")->configure(test_run());
    test_run().set("FAIRLEAD_BACKEND", "auto");
  }
};

TEST_F(Selection, AnUnknownBackendListsThoseThatExist) {
  offer_both();
  const Workspace project = workspace();
  const RunResult result =
      run(fairlead({"up", "--backend", "dokcer", "--workspace-folder", project.folder.string()}));
  EXPECT_EQ(result.exit_code, 1);
  for (const char* word : {"dokcer", "docker", "testbed"}) {
    EXPECT_NE(result.err.find(word), std::string::npos) << result.text();
  }
  EXPECT_TRUE(instances().empty());
}

TEST_F(Selection, AutoTakesTheOneThatCan) {
  offer_both();
  test_run().set("FAIRLEAD_PLUGINS__TESTBED__STATE", "");  // it does not answer
  const Workspace project = workspace();
  const RunResult result = run(up(project));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(instances().size(), 1U) << "on Docker";
}

/// What a backend has that does not answer is not gone, for those who keep something for it.
TEST_F(Selection, AContainerOfABackendThatDoesNotAnswerIsNotCalledGone) {
  offer_both();
  const Workspace project = workspace();
  test_run().set("FAIRLEAD_PLUGINS__TESTBED__STATE", "");
  const RunResult silent =
      run(fairlead({"exec", "--workspace-folder", project.folder.string(), "true"}));
  EXPECT_EQ(silent.exit_code, 1);
  EXPECT_NE(silent.err.find("may have it:\n  testbed: "), std::string::npos) << silent.text();
  const RunResult down = run(fairlead({"down", "--workspace-folder", project.folder.string()}));
  EXPECT_EQ(down.exit_code, 1);
  EXPECT_NE(down.err.find("may have it:\n  testbed: "), std::string::npos) << down.text();
  const RunResult status =
      run(fairlead({"status", "--json", "--workspace-folder", project.folder.string()}));
  EXPECT_EQ(status.exit_code, 0);
  EXPECT_EQ(json_at(status.out, "/silentBackends/0/backend"), "testbed") << status.text();
}

/// An engine that is not there has nothing, and is named only by those who find none at all.
TEST_F(Selection, AnEngineThatIsNotThereIsNotMissed) {
  for (const auto* trace : {"/var/run/docker.sock", "/var/lib/docker"}) {
    if (std::filesystem::exists(trace)) GTEST_SKIP() << "skipped: Docker is here";
  }
  if (const std::string why = make_target("testbed")->missing(); !why.empty()) {
    GTEST_SKIP() << "skipped: " << why;
  }
  offer_both();
  const auto ask = [&](std::vector<std::string> words, const std::string& key = {}) {
    RunRequest request = fairlead(std::move(words));
    for (const char* name : {"DOCKER_HOST", "DOCKER_CONTEXT", "FAIRLEAD_BACKEND"})
      request.environment.erase(name);
    if (!key.empty()) request.environment[key] = "";
    return run(std::move(request));
  };
  const Workspace project = workspace();
  const RunResult exec = ask({"exec", "--workspace-folder", project.folder.string(), "true"});
  EXPECT_NE(exec.err.find("Dev container not found."), std::string::npos) << exec.text();
  const RunResult list = ask({"list"});
  EXPECT_EQ(list.exit_code, 0) << list.text();
  EXPECT_EQ(list.err.find("docker"), std::string::npos) << list.text();
  const RunResult none = ask({"list"}, "FAIRLEAD_PLUGINS__TESTBED__STATE");
  EXPECT_EQ(none.exit_code, 1) << none.text();
  EXPECT_NE(none.err.find("'testbed' does not answer"), std::string::npos) << none.text();
  EXPECT_EQ(none.err.find("docker"), std::string::npos) << none.text();
  const RunResult prune = ask({"prune", "--dry-run"});
  EXPECT_EQ(prune.err.find("docker"), std::string::npos) << prune.text();
}

/// As what `plugin new` writes is at first.
TEST_F(Selection, APluginThatListsNothingIsPassedOver) {
  const auto folder = test_run().below("plugins");
  const auto built = std::filesystem::path(fairlead_binary()).parent_path() / "..";
  std::filesystem::create_directories(folder);
  std::filesystem::copy_file(built / "lib/fairlead/test-plugins/well_behaved.so",
                             folder / "well_behaved.so");
  write_file(folder / "well_behaved.plugin.toml",
             "id = \"test.well_behaved\"\nversion = \"1.0.0\"\nabi = \"1.0\"\n"
             "interfaces = [\"fairlead.backend/1\"]\nbackends = [\"well_behaved\"]\n"
             "scenarios = [\"image\"]\n");
  test_run().set("FAIRLEAD_PLUGIN_PATH", folder.string());
  test_run().set("FAIRLEAD_BACKEND", "auto");
  const auto listed = run(fairlead({"plugin", "list"}));
  EXPECT_NE(listed.out.find("well_behaved"), std::string::npos) << listed.text();
  EXPECT_EQ(run(up(workspace())).exit_code, 0);
  EXPECT_EQ(instances().size(), 1U) << "on Docker";
}

TEST_F(Selection, AnExplicitNameWins) {
  if (const std::string why = make_target("testbed")->missing(); !why.empty()) {
    GTEST_SKIP() << "skipped: " << why;
  }
  offer_both();
  const Workspace project = workspace();
  const RunResult result =
      run(fairlead({"up", "--backend", "testbed", "--workspace-folder", project.folder.string()}));
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_TRUE(instances().empty()) << "nothing on Docker";
  EXPECT_EQ(make_target("testbed")->instances(test_run()).size(), 1U);
  make_target("testbed")->clean(test_run());
}

TEST_F(Selection, AMissingPluginFolderIsNoError) {
  test_run().set("FAIRLEAD_PLUGIN_PATH", test_run().below("nowhere").string());
  EXPECT_EQ(run(up(workspace())).exit_code, 0);
}

TEST_F(Selection, PluginsAreListedWithoutRunningThem) {
  test_run().set("FAIRLEAD_PLUGIN_PATH", FAIRLEAD_BINARY_DIR "/tests/plugins");
  const RunResult list = run(fairlead({"plugin", "list"}));
  EXPECT_EQ(list.exit_code, 0) << list.text();
  EXPECT_NE(list.out.find("docker"), std::string::npos) << list.text();
  EXPECT_NE(list.out.find("org.fairlead.testbed"), std::string::npos) << list.text();
  const RunResult info = run(fairlead({"plugin", "info", "org.fairlead.testbed"}));
  EXPECT_EQ(info.exit_code, 0) << info.text();
  EXPECT_NE(info.out.find("delay_ms"), std::string::npos) << info.text();
}

TEST_F(Selection, SettingsShowWhereTheyComeFrom) {
  write_file(test_run().below("config") / "fairlead/config.toml", "backend = \"testbed\"\n");
  const RunResult shown = run(fairlead({"config", "show", "--origin"}));
  EXPECT_EQ(shown.exit_code, 0) << shown.text();
  // The environment (the fixture's FAIRLEAD_BACKEND) wins over the file.
  EXPECT_NE(shown.out.find("FAIRLEAD_BACKEND"), std::string::npos) << shown.text();
}

TEST_F(Selection, AProjectMayChooseABackendButNoSocket) {
  test_run().set("FAIRLEAD_PLUGIN_PATH", FAIRLEAD_BINARY_DIR "/tests/plugins");
  const Workspace project = workspace();
  project.write(".devcontainer/fairlead.toml",
                "[plugins.testbed]\nstate = \"/from-the-project\"\n");
  const RunResult shown =
      run(fairlead({"status", "--workspace-folder", project.folder.string(), "--verbose"}));
  EXPECT_NE(shown.err.find("plugins.testbed.state"), std::string::npos) << shown.text();
}

}  // namespace
}  // namespace fairlead::test
