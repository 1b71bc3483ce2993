#include "features/safe_folder.hpp"

#include "base/atomic_file.hpp"
#include "base/text.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

Error unsafe(const std::string& message) {
  return Error(Status::invalid, "archive.unsafe", message,
               "Nothing of the archive is used. Ask who published it.");
}

Error write_error(const std::string& name) {
  const auto why = std::generic_category().message(errno);
  return Error(Status::failed, "archive.write",
               "'" + name + "' could not be unpacked: " + why + ".");
}

/// A folder below `parent`, made when it is missing.
UniqueFd open_folder(int parent, const std::string& name, const std::string& path) {
  if (::mkdirat(parent, name.c_str(), 0755) != 0 && errno != EEXIST) throw write_error(path);
  UniqueFd folder(::openat(parent, name.c_str(), folder_flags));
  if (folder) return folder;
  if (errno == ELOOP || errno == ENOTDIR) {
    throw unsafe("The archive's '" + path + "' goes through '" + name + "', which is no folder.");
  }
  throw write_error(path);
}

void remove_old(int parent, const std::string& name, const std::string& path) {
  if (::unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) return;
  if (errno == EISDIR) throw unsafe("The archive's '" + path + "' is both a folder and a file.");
  throw write_error(path);
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  const auto relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

}  // namespace

std::string relative_entry(std::string_view path) {
  if (path.starts_with('/')) {
    throw unsafe("The archive's '" + std::string(path) + "' has an absolute path.");
  }
  std::string result;
  for (const auto part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." || part.find('\n') != std::string_view::npos) {
      throw unsafe("The archive's '" + std::string(path) + "' would leave its folder.");
    }
    if (!result.empty()) result += '/';
    result += part;
  }
  return result;
}

SafeFolder::SafeFolder(fs::path folder) : folder_(std::move(folder)) {
  make_folders(folder_);
  root_.reset(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root_) throw write_error(folder_.string());
}

UniqueFd SafeFolder::open_parent(const std::string& path, std::string& name) {
  UniqueFd at(::fcntl(root_.get(), F_DUPFD_CLOEXEC, 0));
  const auto parts = split(path, '/');
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    at = open_folder(at.get(), std::string(parts[i]), path);
  }
  name = parts.back();
  return at;
}

SafeFolder::File SafeFolder::add_file(const std::string& path, bool program) {
  std::string name;
  const auto parent = open_parent(path, name);
  remove_old(parent.get(), name, path);
  UniqueFd fd(::openat(parent.get(), name.c_str(),
                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  // The caller's umask has no say: what is unpacked is the same for everybody.
  if (!fd || ::fchmod(fd.get(), program ? 0755 : 0644) != 0) throw write_error(path);
  return {std::move(fd), path};
}

void SafeFolder::add_folder(const std::string& path) {
  std::string name;
  const auto parent = open_parent(path, name);
  open_folder(parent.get(), name, path);
}

void SafeFolder::add_symlink(const std::string& path, const std::string& target) {
  const auto reached = (fs::path(path).parent_path() / target).lexically_normal();
  if (target.empty() || target.starts_with('/') || (!reached.empty() && *reached.begin() == "..")) {
    throw unsafe("The archive's link '" + path + "' leads outside, to '" + target + "'.");
  }
  std::string name;
  const auto parent = open_parent(path, name);
  remove_old(parent.get(), name, path);
  if (::symlinkat(target.c_str(), parent.get(), name.c_str()) != 0) throw write_error(path);
  links_.push_back(path);
}

void SafeFolder::add_hardlink(const std::string& path, const std::string& target) {
  if (target.empty() || target == path) return;
  std::string name;
  std::string source;
  const auto from = open_parent(target, source);
  const auto to = open_parent(path, name);
  struct stat info {};
  if (::fstatat(from.get(), source.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    throw write_error(path);
  }
  // A link elsewhere leads elsewhere.
  if (!S_ISREG(info.st_mode)) {
    throw unsafe("The archive's '" + path + "' stands for '" + target + "', which is no file.");
  }
  remove_old(to.get(), name, path);
  if (::linkat(from.get(), source.c_str(), to.get(), name.c_str(), 0) != 0) {
    throw write_error(path);
  }
}

void SafeFolder::check_links() const {
  const auto root = fs::canonical(folder_);
  for (const auto& link : links_) {
    std::error_code fault;
    const auto reached = fs::weakly_canonical(root / link, fault);
    if (fault || !lies_in(reached, root)) {
      throw unsafe("The archive's link '" + link + "' leads outside or in a circle.");
    }
  }
}

void SafeFolder::File::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(fd_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw write_error(name_);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void SafeFolder::File::close() {
  if (::fsync(fd_.get()) != 0) throw write_error(name_);
  fd_.reset();
}

}  // namespace fairlead
