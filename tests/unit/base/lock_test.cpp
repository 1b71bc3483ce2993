#include "base/lock.hpp"

#include "base/atomic_file.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>
#include <thread>

namespace fairlead {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

class FileLocks : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/fairlead-lock-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = folder_ / "locks/up.lock";
  }
  void TearDown() override {
    end_child();
    fs::remove_all(folder_);
  }

  /// A process that holds the lock until it is killed; returns once it does.
  void hold_in_child(LockMode mode) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    child_ = ::fork();
    if (child_ == 0) {
      const auto lock = FileLock::try_acquire(path_, mode, "up");
      if (!lock || ::write(ready[1], "x", 1) != 1) ::_exit(1);
      while (true) ::pause();
    }
    ::close(ready[1]);
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    ::close(ready[0]);
  }

  void end_child() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
  }

  static LockWait wait_for(milliseconds timeout) {
    LockWait wait;
    wait.timeout = timeout;
    return wait;
  }

  fs::path folder_;
  fs::path path_;
  pid_t child_ = -1;
};

TEST_F(FileLocks, ExcludesOthersUntilReleased) {
  auto first = FileLock::try_acquire(path_, LockMode::exclusive);
  ASSERT_TRUE(first);
  EXPECT_FALSE(FileLock::try_acquire(path_, LockMode::exclusive));
  EXPECT_FALSE(FileLock::try_acquire(path_, LockMode::shared));
  first->release();
  EXPECT_TRUE(FileLock::try_acquire(path_, LockMode::exclusive));
}

TEST_F(FileLocks, IsSharedAmongReaders) {
  const auto first = FileLock::try_acquire(path_, LockMode::shared);
  const auto second = FileLock::try_acquire(path_, LockMode::shared);
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(FileLock::try_acquire(path_, LockMode::exclusive));
}

TEST_F(FileLocks, MovesWithItsOwner) {
  auto first = FileLock::try_acquire(path_, LockMode::exclusive);
  {
    const FileLock moved = std::move(*first);
    first.reset();
    EXPECT_FALSE(FileLock::try_acquire(path_, LockMode::exclusive));
  }
  EXPECT_TRUE(FileLock::try_acquire(path_, LockMode::exclusive));
}

TEST_F(FileLocks, KeepsItsFilePrivateAndCloseOnExec) {
  const auto lock = FileLock::try_acquire(path_, LockMode::exclusive);
  struct stat info {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_NE(::fcntl(lock->fd(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(FileLocks, NamesTheProcessThatHoldsIt) {
  hold_in_child(LockMode::exclusive);
  const std::string holder = "process " + std::to_string(child_) + " (up)";
  EXPECT_EQ(lock_holder(path_), holder);
  std::string told;
  LockWait wait = wait_for(milliseconds(20));
  wait.on_blocked = [&](const std::string& who) { told = who; };
  try {
    FileLock::acquire(path_, LockMode::exclusive, wait);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "lock.timeout");
    EXPECT_EQ(error.status(), Status::timeout);
    EXPECT_EQ(error.message(), holder + " still holds " + path_.string());
  }
  EXPECT_EQ(told, holder);
}

TEST_F(FileLocks, IsFreedWhenItsHolderIsKilled) {
  hold_in_child(LockMode::exclusive);
  std::promise<void> blocked;
  LockWait wait = wait_for(milliseconds(10'000));
  wait.on_blocked = [&](const std::string&) { blocked.set_value(); };
  auto waiting = std::async(std::launch::async, [&] {
    return FileLock::acquire(path_, LockMode::exclusive, wait).fd() >= 0;
  });
  ASSERT_EQ(blocked.get_future().wait_for(milliseconds(10'000)), std::future_status::ready);
  end_child();
  EXPECT_TRUE(waiting.get());
}

TEST_F(FileLocks, ForgetsAHolderThatIsGone) {
  hold_in_child(LockMode::exclusive);
  end_child();
  EXPECT_EQ(lock_holder(path_), "");
}

TEST_F(FileLocks, StopsWaitingWhenCancelled) {
  hold_in_child(LockMode::shared);
  std::stop_source source;
  LockWait wait = wait_for(milliseconds(60'000));
  wait.stop = source.get_token();
  wait.on_blocked = [&](const std::string&) { source.request_stop(); };
  const auto start = std::chrono::steady_clock::now();
  try {
    FileLock::acquire(path_, LockMode::exclusive, wait);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "lock.cancelled");
    EXPECT_EQ(error.status(), Status::cancelled);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(5'000));
}

TEST_F(FileLocks, IsTakenEvenWhenAStopWasRequested) {
  std::stop_source source;
  source.request_stop();
  LockWait wait;
  wait.stop = source.get_token();
  EXPECT_GE(FileLock::acquire(path_, LockMode::exclusive, wait).fd(), 0) << "nothing to wait for";
}

TEST_F(FileLocks, DoesNotFollowALink) {
  fs::create_directories(path_.parent_path());
  fs::create_symlink(folder_ / "elsewhere", path_);
  EXPECT_THROW(FileLock::try_acquire(path_, LockMode::exclusive), Error);
  EXPECT_FALSE(fs::exists(folder_ / "elsewhere"));
}

TEST_F(FileLocks, IgnoresTextThatItDidNotWrite) {
  for (const char* text : {"", "hello", " up", "12x up", "no number up"}) {
    write_file(path_, text);
    EXPECT_EQ(lock_holder(path_), "") << text;
  }
  EXPECT_EQ(lock_holder(folder_ / "absent"), "");
}

}  // namespace
}  // namespace fairlead
