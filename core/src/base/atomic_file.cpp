#include "base/atomic_file.hpp"

#include <fairlead/error.hpp>
#include <fairlead/unique_fd.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

Status status_of(int error) {
  if (error == EACCES || error == EPERM || error == EROFS) return Status::denied;
  if (error == ENOENT || error == ENOTDIR) return Status::not_found;
  return Status::failed;
}

Error io_error(const char* code, const char* verb, const fs::path& path, int error) {
  return {status_of(error), code,
          std::string("cannot ") + verb + " " + path.string() + ": " +
              std::generic_category().message(error)};
}

/// A name beside `path` that no other process or thread uses now.
fs::path temporary_beside(const fs::path& path) {
  static std::atomic<unsigned> count{0};
  fs::path name = path;
  name += ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
  return name;
}

/// Removes the temporary file unless it has become the real one.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& target) : path_(temporary_beside(target)) {
    ::unlink(path_.c_str());  // left by a killed process that had our process id
    fd_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd_) throw io_error("file.write", "create", path_, errno);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  void fill(std::string_view content, mode_t mode) {
    while (!content.empty()) {
      const ssize_t written = ::write(fd_.get(), content.data(), content.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw io_error("file.write", "write", path_, errno);
      content.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fchmod(fd_.get(), mode) != 0) throw io_error("file.write", "write", path_, errno);
  }

  void sync() const {
    if (::fsync(fd_.get()) != 0) throw io_error("file.write", "write", path_, errno);
  }

  void become(const fs::path& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) {
      throw io_error("file.write", "replace", target, errno);
    }
    path_.clear();
  }

 private:
  fs::path path_;
  UniqueFd fd_;
};

/// Makes the rename itself survive a power cut. A file system that cannot do it is no failure.
void sync_folder(const fs::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) ::fsync(fd.get());
}

std::string read_all(int fd, const fs::path& path, std::size_t limit) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) throw io_error("file.read", "read", path, errno);
  if (S_ISDIR(info.st_mode)) throw io_error("file.read", "read", path, EISDIR);
  const auto expected = static_cast<std::size_t>(std::max<off_t>(info.st_size, 0));
  std::string content(std::min(expected, limit) + 1, '\0');  // one more shows the end at once
  std::size_t size = 0;
  while (true) {
    const ssize_t got = ::read(fd, content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw io_error("file.read", "read", path, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size > limit) {
      throw Error(Status::invalid, "file.too_large",
                  path.string() + " has more than " + std::to_string(limit) + " bytes");
    }
    if (size == content.size()) content.resize(std::min(limit, size * 2) + 1);
  }
  content.resize(size);
  return content;
}

/// The open file, or the errno.
std::pair<UniqueFd, int> open_to_read(const fs::path& path) {
  // Not blocking: a FIFO in the place of a file must not hang us. Regular files ignore it.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  const int error = fd ? 0 : errno;
  return {std::move(fd), error};
}

}  // namespace

void make_folders(const fs::path& folder) {
  struct stat info {};
  if (folder.empty() || ::stat(folder.c_str(), &info) == 0) return;
  if (folder.has_parent_path() && folder.parent_path() != folder) {
    make_folders(folder.parent_path());
  }
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    throw io_error("file.write", "create the folder", folder, errno);
  }
}

void write_file(const fs::path& path, std::string_view content, mode_t mode) {
  make_folders(path.parent_path());
  TemporaryFile file(path);
  file.fill(content, mode);
  file.sync();
  file.become(path);
  sync_folder(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

void write_cache_file(const fs::path& path, std::string_view content, mode_t mode) {
  make_folders(path.parent_path());
  TemporaryFile file(path);
  file.fill(content, mode);
  file.become(path);
}

std::optional<std::string> read_file_if_there(const fs::path& path, std::size_t limit) {
  const auto [fd, error] = open_to_read(path);
  if (error == ENOENT || error == ENOTDIR) return std::nullopt;
  if (error != 0) throw io_error("file.read", "read", path, error);
  return read_all(fd.get(), path, limit);
}

std::string read_file(const fs::path& path, std::size_t limit) {
  const auto [fd, error] = open_to_read(path);
  if (error == ENOENT || error == ENOTDIR) throw io_error("file.missing", "read", path, error);
  if (error != 0) throw io_error("file.read", "read", path, error);
  return read_all(fd.get(), path, limit);
}

}  // namespace fairlead
