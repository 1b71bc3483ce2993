#include "ssh-remote/log_in.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace fairlead::ssh {
namespace {

namespace fs = std::filesystem;

class LogInBySsh : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string folder = (fs::temp_directory_path() / "fairlead-ssh-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string program(const std::string& script) const {
    const auto file = folder_ / "ssh";
    std::ofstream(file) << "#!/bin/sh\n" << script;
    fs::permissions(file, fs::perms::owner_all);
    return file.string();
  }
  static LogIn run(std::vector<std::string> argv, std::int64_t descriptors) {
    return log_in({.argv = std::move(argv),
                   .environment = {{"PATH", "/usr/bin:/bin"}, {"MINE", "yes"}},
                   .descriptors = descriptors},
                  -1);
  }
  static std::string refusal(const std::string& program, std::int64_t descriptors) {
    try {
      run({program}, descriptors);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "host.ssh_missing");
      return error.message();
    }
    return {};
  }

  fs::path folder_;
};

TEST_F(LogInBySsh, HasTheLimitThatItIsGiven) {
  const auto ssh = program("ulimit -S -n; printf '%s,' \"$@\" $MINE; echo said >&2; exit 3\n");
  rlimit own{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &own), 0);
  const auto less = run({ssh, "a b", "$c"}, 100);
  EXPECT_EQ(less.output, "100\na b,$c,yes,");
  EXPECT_EQ(less.words, "said\n");
  EXPECT_EQ(less.status, 3);
  EXPECT_EQ(run({ssh}, 0).output, std::to_string(own.rlim_cur) + "\nyes,");
}

TEST_F(LogInBySsh, RunsWithALimitThatCannotBeSet) {
  EXPECT_EQ(run({program("echo here\n")}, 4'000'000'000).output, "here\n");
}

TEST_F(LogInBySsh, NamesAProgramThatCannotBeStarted) {
  const auto file = (folder_ / "plain").string();
  std::ofstream(file) << "no program";
  for (const std::int64_t descriptors : {0, 100}) {
    EXPECT_NE(refusal(file, descriptors).find("Permission denied"), std::string::npos);
    EXPECT_NE(refusal(file + "-not", descriptors).find("No such file"), std::string::npos);
    EXPECT_NE(refusal("no-such-ssh", descriptors).find("not in PATH"), std::string::npos);
  }
}

}  // namespace
}  // namespace fairlead::ssh
