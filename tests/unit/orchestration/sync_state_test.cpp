#include "engine/sync_state.hpp"

#include "engine/synced_folder.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

void put(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Of the side of `machine`.
std::string archive_of(const std::string& key, const std::string& machine = machine_key()) {
  const auto mine = "//fairlead-" + machine_key() + "//home/me/app";
  const auto theirs = "//fairlead-" + key + "//srv/app";
  return "Unison archive format 23\nArchive for root " + (machine == key ? theirs : mine) +
         " synchronizing roots " + mine + ", " + theirs + "\nWritten at some time\n";
}

class SyncState : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string root = (fs::temp_directory_path() / "fairlead-sync-XXXXXX").string();
    ASSERT_NE(::mkdtemp(root.data()), nullptr);
    root_ = root;
    fs::create_directories(root_ / "app");
  }
  void TearDown() override { fs::remove_all(root_); }

  fs::path sync() const { return root_ / "sync"; }
  SyncRecord record(const std::string& key, const std::string& here) const {
    return {sync(), SyncedFolder{.host = "ssh://box",
                                 .here = (root_ / here).string(),
                                 .there = "/srv/app",
                                 .home = "/home/box",
                                 .key = key}};
  }
  void common(const std::string& name, const std::string& text) const {
    put(sync() / "unison" / name, text);
  }
  fs::path root_;
};

TEST_F(SyncState, TakesItsOwnArchivesFromTheCommonFolder) {
  common("ar11", archive_of("one"));
  common("fp11", "marks");
  common("ar22", archive_of("other"));
  common("fp22", "marks of the other");
  common("ar33", "Unison archive format 23");  // cut off
  common("ar44", archive_of("one", "one"));    // of the copy, whose host this account is
  common("ar", archive_of("one"));             // without a name of its own
  common("default.prf", "# Unison preferences\n");
  const auto one = record("one", "app");
  make_unison_folder(one);
  EXPECT_EQ(content_of(one.unison_folder() / "ar11"), archive_of("one"));
  EXPECT_EQ(content_of(one.unison_folder() / "fp11"), "marks");
  EXPECT_FALSE(fs::exists(one.unison_folder() / "ar22"));
  EXPECT_FALSE(fs::exists(sync() / "unison/ar11"));
  for (const auto* name : {"fp22", "ar33", "ar44", "ar"})
    EXPECT_TRUE(fs::exists(sync() / "unison" / name)) << name;
  // Another time nothing is taken: what is there is newer.
  common("ar11", archive_of("one") + "older");
  make_unison_folder(one);
  EXPECT_EQ(content_of(one.unison_folder() / "ar11"), archive_of("one"));
}

TEST_F(SyncState, TakesThemWhereAFormerTimeWasEndedBeforeIt) {
  const auto one = record("one", "app");
  fs::create_directories(one.unison_folder());
  common("ar11", archive_of("one"));
  make_unison_folder(one);
  EXPECT_TRUE(fs::exists(one.unison_folder() / "ar11"));
}

TEST_F(SyncState, BeginsWithNothingWhereNothingWas) {
  const auto one = record("one", "app");
  make_unison_folder(one);
  EXPECT_TRUE(fs::is_empty(one.unison_folder()));
  EXPECT_NE(one.unison_folder(), record("other", "app").unison_folder());
}

}  // namespace
}  // namespace fairlead
