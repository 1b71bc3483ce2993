#include "engine/remote_watch.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

TEST(RemoteWatch, ChecksumsAsTheToolDoes) {
  EXPECT_EQ(posix_checksum(""), 4294967295U);
  EXPECT_EQ(posix_checksum("123456789"), 930766865U);
}

class RemoteReport : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = fs::temp_directory_path() / "watchXXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    here_ = name;
    write("a b", "123456789");
    write("d/x", "x");
    write("d/made.o", "here alone");
    rules_.add("*.o\nbuild/\n");
  }
  void TearDown() override { fs::remove_all(here_); }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((fs::path(here_) / path).parent_path());
    std::ofstream(fs::path(here_) / path) << text;
  }
  bool tells(const std::string& report) const { return differs(report, here_, "/c", rules_); }

  std::string here_;
  IgnoreRules rules_;
};

TEST_F(RemoteReport, OfWhatWasBroughtThereIsNoChange) {
  EXPECT_FALSE(tells(""));
  EXPECT_FALSE(tells("f 930766865 9 /c/a b\n"));
  EXPECT_FALSE(tells("d /c/d\nn x\nf 930766865 9 /c/a b\n"));
  EXPECT_FALSE(tells("d /c\nn a b\nn d\nn .unison.tmp\n"));
}

TEST_F(RemoteReport, OfAnotherContentIsAChange) {
  EXPECT_TRUE(tells("f 930766864 9 /c/a b\n"));
  EXPECT_TRUE(tells("f 930766865 8 /c/a b\n"));
  EXPECT_TRUE(tells("f 930766865 9 /c/new\n"));
  EXPECT_TRUE(tells("f 930766865 9 /c/d\n"));      // a folder here
  EXPECT_TRUE(tells("d /c/a b\n"));                // a file here
  EXPECT_TRUE(tells("d /c/d\n"));                  // x was removed there
  EXPECT_TRUE(tells("d /c/d\nn x\nn y\n"));        // y was made there
  EXPECT_TRUE(tells("d /c/d\nn x\nd /c\nn d\n"));  // the last one counts, too
}

TEST_F(RemoteReport, OfWhatTheRulesLeaveOutIsNoChange) {
  EXPECT_FALSE(tells("f 1 1 /c/d/other.o\n"));
  EXPECT_FALSE(tells("f 1 1 /c/build/out\n"));
  EXPECT_FALSE(tells("d /c/build\nn out\n"));
  EXPECT_FALSE(tells("d /c/d\nn x\nn other.o\n"));
}

TEST_F(RemoteReport, ThatIsNotUnderstoodIsAChange) {
  EXPECT_TRUE(tells("changed\n"));
  EXPECT_TRUE(tells("f 930766865 9\n"));
  EXPECT_TRUE(tells("f 930766865 9 /elsewhere/a b\n"));
  EXPECT_TRUE(tells("d /cc\n"));
  EXPECT_TRUE(tells("second half of a name\n"));
}

}  // namespace
}  // namespace fairlead
