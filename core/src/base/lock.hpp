#pragma once

#include <fairlead/unique_fd.hpp>

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace fairlead {

enum class LockMode { shared, exclusive };

/// How long to wait for a lock, and who to tell.
struct LockWait {
  std::stop_token stop;                                ///< ends the wait with Status::cancelled
  std::chrono::milliseconds timeout{60'000};           ///< then Status::timeout
  std::function<void(const std::string&)> on_blocked;  ///< once, with the holder, before waiting
};

/// An advisory flock(2) on a file that exists only for it and is never removed (removing it would
/// let two processes lock two files of the same name).
///
/// It belongs to the open file, so it ends with the last descriptor: a killed holder frees it at
/// once. The descriptor is close-on-exec; hand `fd()` to a child that shall go on holding it.
/// Movable, not thread-safe; two locks of one process exclude each other too.
class FileLock {
 public:
  /// Takes the lock at once, or nothing when somebody else has it. `purpose` is what the holder
  /// tells others in messages ("up"). Creates the file (0600) and its folders. Throws lock.open.
  static std::optional<FileLock> try_acquire(const std::filesystem::path& path, LockMode mode,
                                             std::string_view purpose = {});

  /// Waits for the lock. Throws lock.open, lock.cancelled, lock.timeout (naming the holder).
  static FileLock acquire(const std::filesystem::path& path, LockMode mode,
                          const LockWait& wait = {}, std::string_view purpose = {});

  /// Goes on holding a lock that another process took and handed over as an open descriptor.
  static FileLock adopt(UniqueFd fd, std::string_view purpose = {});

  /// Frees the lock now instead of in the destructor.
  void release() { fd_.reset(); }
  int fd() const { return fd_.get(); }
  /// Gives the descriptor away; the lock lasts as long as it, or a copy of it, is open.
  UniqueFd take() { return std::move(fd_); }

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

/// The process that last took `path` exclusively; 0: unknown, or gone. Meaningful while it is held.
pid_t lock_holder_process(const std::filesystem::path& path);

/// Who last took `path` exclusively: "process 4711 (up)"; "" when unknown. Meaningful while it is
/// held.
std::string lock_holder(const std::filesystem::path& path);

}  // namespace fairlead
