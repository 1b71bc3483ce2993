#include "base/atomic_file.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

class AtomicFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/fairlead-file-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = folder_ / "file";
  }
  void TearDown() override { fs::remove_all(folder_); }

  static mode_t mode_of(const fs::path& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
  }
  static std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }
  template <typename Function>
  static std::string code_of(Function function) {
    try {
      function();
    } catch (const Error& error) {
      return error.code();
    }
    return {};
  }

  fs::path folder_;
  fs::path path_;
};

TEST_F(AtomicFile, WritesWhatItReads) {
  const std::string content("a\0b\n\xff", 5);
  write_file(path_, content);
  EXPECT_EQ(read_file(path_), content);
  write_file(path_, "");
  EXPECT_EQ(read_file(path_), "");
  EXPECT_EQ(entries(folder_), 1U) << "no temporary file is left";
}

TEST_F(AtomicFile, SetsTheModeWhateverTheUmask) {
  const mode_t before = ::umask(0077);
  write_file(path_, "x", 0644);
  ::umask(before);
  EXPECT_EQ(mode_of(path_), 0644U);
  write_file(path_, "y", 0600);
  EXPECT_EQ(mode_of(path_), 0600U);
}

TEST_F(AtomicFile, CreatesPrivateFolders) {
  write_file(folder_ / "a/b/file", "x");
  EXPECT_EQ(mode_of(folder_ / "a"), 0700U);
  EXPECT_EQ(mode_of(folder_ / "a/b"), 0700U);
}

TEST_F(AtomicFile, ReplacesALinkInsteadOfFollowingIt) {
  write_file(folder_ / "target", "old");
  fs::create_symlink("target", path_);
  write_file(path_, "new");
  EXPECT_EQ(read_file(folder_ / "target"), "old");
  EXPECT_FALSE(fs::is_symlink(path_));
}

TEST_F(AtomicFile, LeavesTheOldContentWhenItFails) {
  fs::create_directory(path_);  // a folder cannot be replaced by a file
  EXPECT_EQ(code_of([&] { write_file(path_, "x"); }), "file.write");
  EXPECT_TRUE(fs::is_directory(path_));
  EXPECT_EQ(entries(folder_), 1U) << "the temporary file is removed";
  EXPECT_EQ(code_of([&] { write_file("/proc/fairlead/file", "x"); }), "file.write");
}

TEST_F(AtomicFile, NamesPathAndReason) {
  try {
    read_file(path_);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "file.missing");
    EXPECT_EQ(error.status(), Status::not_found);
    EXPECT_EQ(error.message(), "cannot read " + path_.string() + ": No such file or directory");
  }
}

TEST_F(AtomicFile, TellsAbsentFromUnreadable) {
  EXPECT_FALSE(read_file_if_there(path_));
  EXPECT_FALSE(read_file_if_there(path_ / "below"));
  write_file(path_, "x");
  EXPECT_FALSE(read_file_if_there(path_ / "below")) << "a file where a folder should be";
  EXPECT_EQ(code_of([&] { read_file(folder_); }), "file.read");
  fs::create_symlink("loop", folder_ / "loop");
  EXPECT_EQ(code_of([&] { read_file_if_there(folder_ / "loop"); }), "file.read");
}

TEST_F(AtomicFile, StopsAtTheLimit) {
  write_file(path_, "12345678");
  EXPECT_EQ(read_file(path_, 8), "12345678");
  EXPECT_EQ(code_of([&] { read_file(path_, 7); }), "file.too_large");
  EXPECT_EQ(code_of([] { read_file("/dev/zero", 100'000); }), "file.too_large");
}

TEST_F(AtomicFile, ReadsFilesOfUnknownSize) {
  EXPECT_NE(read_file("/proc/self/status").find("Pid:"), std::string::npos);
}

TEST_F(AtomicFile, DoesNotHangOnAFifo) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_EQ(read_file(path_), "");
}

TEST_F(AtomicFile, IsNeverSeenInPart) {
  const std::string a(200'000, 'a');
  const std::string b(100'000, 'b');
  write_file(path_, a);
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 0; i < 50; ++i) write_file(path_, i % 2 == 0 ? b : a);
    done = true;
  });
  while (!done) {
    const std::string seen = read_file(path_);
    EXPECT_TRUE(seen == a || seen == b) << seen.size();
  }
  writer.join();
}

TEST_F(AtomicFile, SurvivesBeingKilledWhileWriting) {
  const std::string old_content(50'000, 'o');
  const std::string new_content(50'000, 'n');
  for (int round = 0; round < 10; ++round) {
    write_file(path_, old_content);
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      for (bool told = false;; told = true) {
        write_file(path_, new_content);
        if (!told && ::write(ready[1], "x", 1) != 1) ::_exit(1);
      }
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ::close(ready[0]);
    ::close(ready[1]);
    EXPECT_EQ(read_file(path_), new_content);
  }
}

}  // namespace
}  // namespace fairlead
