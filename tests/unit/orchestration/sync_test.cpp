#include "engine/folder_watch.hpp"
#include "engine/sync_programs.hpp"
#include "engine/sync_programs_run.hpp"
#include "engine/synced_folder.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

HostSide side(const std::string& unison, const std::string& rsync) {
  return {.unison = unison, .rsync = rsync, .zstd = false, .owner = {}};
}

TEST(SyncPrograms, TakesTheBestThatBothHave) {
  const auto all = side("2.53.3", "3.2.7");
  EXPECT_EQ(choose_sync_program("auto", all, side("2.52.1", "3.2.7")).name, "unison");
  EXPECT_EQ(choose_sync_program("auto", all, side("2.51.5", "3.2.7")).name, "rsync");
  EXPECT_EQ(choose_sync_program("auto", all, side("", "3.2.7")).name, "rsync");
  EXPECT_EQ(choose_sync_program("auto", all, side("", "")).name, "tar");
  EXPECT_EQ(choose_sync_program("tar", all, all).name, "tar");
  EXPECT_EQ(choose_sync_program("auto", all, all).note, "");
  EXPECT_NE(
      choose_sync_program("auto", all, side("", "3.1")).note.find("not installed on the host"),
      std::string::npos);
  EXPECT_THROW(choose_sync_program("unison", all, side("", "3.1")), Error);
  EXPECT_THROW(choose_sync_program("rsync", side("", ""), all), Error);
}

TEST(SyncPrograms, ReadsTheirVersions) {
  EXPECT_EQ(version_in("unison version 2.52.1 (ocaml 4.13.1)"), "2.52.1");
  EXPECT_EQ(version_in("rsync  version 3.2.7  protocol version 31"), "3.2.7");
  EXPECT_EQ(version_in("rsync  version v3.4.1  protocol version 32"), "3.4.1");
  EXPECT_EQ(version_in("sh: not found"), "");
  EXPECT_TRUE(unisons_agree("2.48.4", "2.48.3"));
  EXPECT_FALSE(unisons_agree("2.48.4", "2.51.3"));
  EXPECT_TRUE(unisons_agree("2.52.0", "3.0.1"));
  EXPECT_FALSE(unisons_agree("", ""));
}

TEST(SyncPrograms, FindsConflictsInWhatUnisonSays) {
  EXPECT_EQ(conflicts_in("Synchronization complete\n  skipped: a/b c (contents changed on both "
                         "sides)\n  skipped: x (y) (deleted)\nend\n"),
            (std::vector<std::string>{"a/b c", "x (y)"}));
  EXPECT_TRUE(conflicts_in("Nothing to do: replicas have not changed since last sync.\n").empty());
}

SyncedFolder synced() {
  return {.host = "ssh://box",
          .here = "/home/me/app",
          .there = "/srv/app",
          .home = "/home/box",
          .key = "k"};
}

TEST(SyncedFolder, MeansTheHostsPathsThere) {
  const auto folder = synced();
  EXPECT_EQ(folder.path_there("/home/me/app/sub"), "/srv/app/sub");
  EXPECT_EQ(folder.path_there("/home/me/apple"), "/home/me/apple");
  EXPECT_EQ(folder.text_there("type=bind,source=/home/me/app/x,target=/x"),
            "type=bind,source=/srv/app/x,target=/x");
  EXPECT_EQ(folder.text_there("/home/me/app:/home/me/app-2:/other/home/me/app"),
            "/srv/app:/home/me/app-2:/other/home/me/app");
}

TEST(SyncedFolder, LeavesWhatRunsHereAlone) {
  ConfigDocument document;
  document.json = std::make_shared<const nlohmann::ordered_json>(
      nlohmann::ordered_json{{"initializeCommand", "ls /home/me/app"},
                             {"build", {{"context", "/home/me/app"}}},
                             {"containerEnv", {{"FOLDER", "/home/me/app"}}},
                             {"runArgs", {"-v", "/home/me/app/data:/data"}}});
  document.workspace.local_folder = "/home/me/app";
  document.workspace.mount = "type=bind,source=/home/me/app,target=/workspaces/app";
  document.variables.local_workspace_folder = "/home/me/app";
  const auto there = synced().document_there(document);
  const auto& json = *there.json;
  EXPECT_EQ(json["initializeCommand"], "ls /home/me/app");
  EXPECT_EQ(json["build"]["context"], "/home/me/app");
  EXPECT_EQ(json["containerEnv"]["FOLDER"], "/srv/app");
  EXPECT_EQ(json["runArgs"][1], "/srv/app/data:/data");
  EXPECT_EQ(there.workspace.local_folder, "/home/me/app");
  EXPECT_EQ(*there.workspace.mount, "type=bind,source=/srv/app,target=/workspaces/app");
  EXPECT_EQ(there.variables.local_workspace_folder, "/srv/app");
}

TEST(FolderWatch, HearsOfWhatTheRulesDoNotLeaveOut) {
  std::string root = (fs::temp_directory_path() / "fairlead-watch-XXXXXX").string();
  ASSERT_NE(::mkdtemp(root.data()), nullptr);
  fs::create_directories(fs::path(root) / "build");
  IgnoreRules rules;
  rules.add("build/\n*.o\n");
  FolderWatch watch(root);
  ASSERT_TRUE(watch.cover(rules));
  const auto heard = [&](int milliseconds) {
    pollfd ready{watch.fd(), POLLIN, 0};
    return ::poll(&ready, 1, milliseconds) > 0 && watch.take(rules);
  };
  std::ofstream(fs::path(root) / "build/x") << "x";
  EXPECT_FALSE(heard(0));
  std::ofstream(fs::path(root) / "x.o") << "x";
  EXPECT_FALSE(heard(30'000));
  fs::create_directories(fs::path(root) / "new/inner");
  EXPECT_TRUE(heard(30'000));
  std::ofstream(fs::path(root) / "new/inner/file") << "x";
  EXPECT_TRUE(heard(30'000));
  fs::remove_all(root);
}

}  // namespace
}  // namespace fairlead
