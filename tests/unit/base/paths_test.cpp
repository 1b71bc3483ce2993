#include "base/paths.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

class PathsInAFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/fairlead-paths-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST(Paths, FollowTheXdgVariables) {
  const UserFolders user = user_folders({{"HOME", "/home/u"},
                                         {"XDG_CONFIG_HOME", "/c"},
                                         {"XDG_STATE_HOME", "/s"},
                                         {"XDG_CACHE_HOME", "/k"},
                                         {"XDG_RUNTIME_DIR", "/run/user/7"}});
  EXPECT_EQ(user.config, "/c/fairlead");
  EXPECT_EQ(user.state, "/s/fairlead");
  EXPECT_EQ(user.cache, "/k/fairlead");
  EXPECT_EQ(user.runtime, "/run/user/7/fairlead");
}

TEST(Paths, FallBackToTheHome) {
  const UserFolders user = user_folders({{"HOME", "/home/u"}});
  EXPECT_EQ(user.config, "/home/u/.config/fairlead");
  EXPECT_EQ(user.state, "/home/u/.local/state/fairlead");
  EXPECT_EQ(user.cache, "/home/u/.cache/fairlead");
  EXPECT_EQ(user.runtime, "/home/u/.local/state/fairlead/run");
}

TEST(Paths, IgnoreRelativeVariables) {
  const UserFolders user =
      user_folders({{"HOME", "home"}, {"XDG_CONFIG_HOME", "c"}, {"XDG_RUNTIME_DIR", ""}}, "/root");
  EXPECT_EQ(user.config, "/root/.config/fairlead");
  EXPECT_EQ(user.runtime, "/root/.local/state/fairlead/run");
}

TEST(Paths, SayWhenThereIsNoHome) {
  try {
    user_folders({});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "paths.home");
  }
  EXPECT_TRUE(user_config_folder({}).empty());
  EXPECT_EQ(user_config_folder({{"XDG_CONFIG_HOME", "/c"}}), "/c/fairlead");
}

TEST(Paths, CaptureTheEnvironmentAsItIs) {
  ASSERT_EQ(::setenv("FAIRLEAD_PATHS_TEST", "a=b", 1), 0);
  const Environment environment = capture_environment();
  ::unsetenv("FAIRLEAD_PATHS_TEST");
  EXPECT_EQ(environment.at("FAIRLEAD_PATHS_TEST"), "a=b");
}

TEST(Paths, KnowTheRunningProgram) { EXPECT_TRUE(fs::is_regular_file(executable_path())); }

TEST_F(PathsInAFolder, FindThePartsAroundTheProgram) {
  fs::create_directories(folder_ / "lib/fairlead/plugins");
  const InstallLayout layout = install_layout(folder_ / "bin/fairlead");
  EXPECT_EQ(layout.prefix, folder_);
  EXPECT_EQ(layout.data, folder_ / "share/fairlead");
  ASSERT_EQ(layout.plugins.size(), 1U);
  EXPECT_EQ(layout.plugins[0], folder_ / "lib/fairlead/plugins");
  EXPECT_EQ(install_layout(folder_ / "lib/libfairlead.so.0").prefix, folder_);
  EXPECT_EQ(install_layout(folder_ / "lib/x86_64-linux-gnu/libfairlead.so.0").prefix, folder_);
  EXPECT_EQ(install_layout(folder_ / "libexec/fairlead/helper").prefix, folder_);
}

TEST_F(PathsInAFolder, ListALibraryFolderOnce) {
  fs::create_directories(folder_ / "lib/fairlead/plugins");
  fs::create_directory_symlink("lib", folder_ / "lib64");
  EXPECT_EQ(install_layout(folder_ / "bin/fairlead").plugins.size(), 1U);
}

#if defined(__x86_64__)
TEST_F(PathsInAFolder, PutTheArchitecturesFolderFirst) {
  fs::create_directories(folder_ / "lib/fairlead/plugins");
  fs::create_directories(folder_ / "lib/x86_64-linux-gnu/fairlead/plugins");
  const InstallLayout layout = install_layout(folder_ / "bin/fairlead");
  ASSERT_EQ(layout.plugins.size(), 2U);
  EXPECT_EQ(layout.plugins[0], folder_ / "lib/x86_64-linux-gnu/fairlead/plugins");
}
#endif

TEST_F(PathsInAFolder, NeedNoPluginFolder) {
  EXPECT_TRUE(install_layout(folder_ / "bin/fairlead").plugins.empty());
}

}  // namespace
}  // namespace fairlead
