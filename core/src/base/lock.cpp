#include "base/lock.hpp"

#include "base/atomic_file.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <system_error>

namespace fairlead {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds first_pause{2};
constexpr std::chrono::milliseconds longest_pause{50};
constexpr std::size_t longest_holder_text = 4096;

Error lock_error(const fs::path& path, int error) {
  const bool denied = error == EACCES || error == EPERM || error == EROFS;
  return {denied ? Status::denied : Status::failed, "lock.open",
          "cannot lock " + path.string() + ": " + std::generic_category().message(error)};
}

UniqueFd open_lock_file(const fs::path& path) {
  make_folders(path.parent_path());
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) throw lock_error(path, errno);
  return fd;
}

/// False: somebody else has it.
bool lock_now(const UniqueFd& fd, LockMode mode, const fs::path& path) {
  const int kind = mode == LockMode::shared ? LOCK_SH : LOCK_EX;
  while (::flock(fd.get(), kind | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) throw lock_error(path, errno);
  }
  return true;
}

/// Only for messages: a failure (a full disk) must not cost the lock.
void sign(const UniqueFd& fd, LockMode mode, std::string_view purpose) {
  if (mode != LockMode::exclusive) return;
  std::string text = std::to_string(::getpid());
  text += ' ';
  text += purpose;
  text += '\n';
  if (::ftruncate(fd.get(), 0) != 0) return;
  [[maybe_unused]] const ssize_t written = ::pwrite(fd.get(), text.data(), text.size(), 0);
}

/// Sleeps for `pause`; true when a stop was requested before or during it.
bool stopped_during(const std::stop_token& stop, std::chrono::milliseconds pause) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, pause, [] { return false; });
  return stop.stop_requested();
}

std::string held_by(const fs::path& path) {
  const std::string holder = lock_holder(path);
  return holder.empty() ? "another process" : holder;
}

/// flock cannot wait with a deadline or be cancelled from another thread, and a signal to end it
/// would belong to the program that embeds us: so it is asked again, at most twenty times a second.
void wait_for_lock(const UniqueFd& fd, LockMode mode, const fs::path& path, const LockWait& wait) {
  const auto deadline = Clock::now() + wait.timeout;
  auto pause = first_pause;
  while (!lock_now(fd, mode, path)) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) {
      throw Error(Status::timeout, "lock.timeout", held_by(path) + " still holds " + path.string(),
                  "wait until it has finished, or end it");
    }
    if (stopped_during(wait.stop, std::min(pause, left + std::chrono::milliseconds(1)))) {
      throw Error(Status::cancelled, "lock.cancelled",
                  "cancelled while " + held_by(path) + " held " + path.string());
    }
    pause = std::min(pause * 2, longest_pause);
  }
}

/// Who signed, if that process is still there.
std::optional<std::pair<pid_t, std::string>> read_holder(const fs::path& path) {
  std::string text = read_file_if_there(path, longest_holder_text).value_or("");
  if (!text.empty() && text.back() == '\n') text.pop_back();
  const auto space = text.find(' ');
  const bool is_number =
      space != std::string::npos && space > 0 &&
      std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(space),
                  [](char letter) { return letter >= '0' && letter <= '9'; });
  if (!is_number) return {};
  // The text outlives its writer; a process that is gone holds nothing.
  const auto process = static_cast<pid_t>(std::strtol(text.c_str(), nullptr, 10));
  if (process <= 0 || (::kill(process, 0) != 0 && errno == ESRCH)) return {};
  return std::pair{process, text.substr(space + 1)};
}

}  // namespace

std::optional<FileLock> FileLock::try_acquire(const fs::path& path, LockMode mode,
                                              std::string_view purpose) {
  UniqueFd fd = open_lock_file(path);
  if (!lock_now(fd, mode, path)) return std::nullopt;
  sign(fd, mode, purpose);
  return FileLock(std::move(fd));
}

FileLock FileLock::acquire(const fs::path& path, LockMode mode, const LockWait& wait,
                           std::string_view purpose) {
  UniqueFd fd = open_lock_file(path);
  if (!lock_now(fd, mode, path)) {
    if (wait.on_blocked) wait.on_blocked(held_by(path));
    wait_for_lock(fd, mode, path, wait);
  }
  sign(fd, mode, purpose);
  return FileLock(std::move(fd));
}

FileLock FileLock::adopt(UniqueFd fd, std::string_view purpose) {
  ::fcntl(fd.get(), F_SETFD, FD_CLOEXEC);
  sign(fd, LockMode::exclusive, purpose);
  return FileLock(std::move(fd));
}

pid_t lock_holder_process(const fs::path& path) {
  const auto holder = read_holder(path);
  return holder ? holder->first : 0;
}

std::string lock_holder(const fs::path& path) {
  const auto holder = read_holder(path);
  if (!holder) return {};
  const auto& [process, purpose] = *holder;
  return "process " + std::to_string(process) + (purpose.empty() ? "" : " (" + purpose + ")");
}

}  // namespace fairlead
