#include "engine/sync_state.hpp"

#include "base/lock.hpp"

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

std::string archive_of(const std::string& key) {
  return "Unison archive format 23\nArchive for root //fairlead-me//home/me/app synchronizing "
         "roots "
         "//fairlead-me//home/me/app, //fairlead-" +
         key + "//srv/app\nWritten at some time\n";
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
  std::vector<std::string> leftovers() const {
    std::vector<std::string> names;
    for (const auto& [path, words] : sync_leftovers(sync())) {
      EXPECT_NE(words, "");
      names.push_back(path.filename().string());
    }
    return names;
  }

  fs::path root_;
};

TEST_F(SyncState, TakesItsOwnArchivesFromTheCommonFolder) {
  common("ar11", archive_of("one"));
  common("fp11", "marks");
  common("ar22", archive_of("other"));
  common("fp22", "marks of the other");
  common("ar33", "Unison archive format 23");  // cut off
  common("default.prf", "# Unison preferences\n");
  const auto one = record("one", "app");
  make_unison_folder(one);
  EXPECT_EQ(content_of(one.unison_folder() / "ar11"), archive_of("one"));
  EXPECT_EQ(content_of(one.unison_folder() / "fp11"), "marks");
  EXPECT_FALSE(fs::exists(one.unison_folder() / "ar22"));
  EXPECT_FALSE(fs::exists(sync() / "unison/ar11"));
  EXPECT_TRUE(fs::exists(sync() / "unison/fp22"));
  // Another time nothing is taken: what is there is newer.
  common("ar11", archive_of("one") + "older");
  make_unison_folder(one);
  EXPECT_EQ(content_of(one.unison_folder() / "ar11"), archive_of("one"));
}

TEST_F(SyncState, BeginsWithNothingWhereNothingWas) {
  const auto one = record("one", "app");
  make_unison_folder(one);
  EXPECT_TRUE(fs::is_empty(one.unison_folder()));
  EXPECT_NE(one.unison_folder(), record("other", "app").unison_folder());
}

TEST_F(SyncState, IsLeftOverWhenItsFolderIsGone) {
  EXPECT_TRUE(leftovers().empty());
  const auto stays = record("stays", "app");
  const auto goes = record("goes", "gone");
  for (const auto* one : {&stays, &goes}) {
    make_unison_folder(*one);
    one->write(one->read());
    one->write_manifest({{"a", "1"}});
  }
  put(goes.overwritten() / "a", "the user's");
  EXPECT_EQ(leftovers(), (std::vector<std::string>{"goes.unison", "goes.files", "goes.json"}));
  const auto followed = FileLock::try_acquire(goes.follow_lock(), LockMode::exclusive, "test");
  ASSERT_TRUE(followed);
  EXPECT_TRUE(leftovers().empty());
}

TEST_F(SyncState, KeepsWhatItCannotRead) {
  put(sync() / "broken.json", "{");
  put(sync() / "broken.files", "x");
  EXPECT_TRUE(leftovers().empty());
}

TEST_F(SyncState, CommonArchivesAreLeftOverOnceNoFolderHasOneThere) {
  common("ar11", archive_of("one"));
  common("ar22", archive_of("unknown"));
  const auto one = record("one", "app");
  one.write(one.read());
  EXPECT_TRUE(leftovers().empty());
  make_unison_folder(one);
  EXPECT_EQ(leftovers(), std::vector<std::string>{"unison"});
}

}  // namespace
}  // namespace fairlead
