#include "spec/git_root.hpp"

#include "base/text.hpp"
#include "spec/posix_path.hpp"

#include <fairlead/unique_fd.hpp>

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <array>
#include <string_view>

namespace fairlead {
namespace {

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// HEAD, objects and refs; a linked work tree's folder names the common one that has the latter
/// two.
bool is_repository(const std::string& folder) {
  if (!exists(folder + "/HEAD")) return false;
  if (exists(folder + "/commondir")) return true;
  return is_folder(folder + "/objects") && is_folder(folder + "/refs");
}

/// What a `.git` file points at; nullopt: it is no such file, which git takes as fatal.
std::optional<std::string> gitdir_of(const std::string& file) {
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  std::array<char, PATH_MAX + 16> buffer{};
  const ssize_t size = ::read(fd.get(), buffer.data(), buffer.size());
  if (size < 0) return std::nullopt;
  std::string_view text(buffer.data(), static_cast<std::size_t>(size));
  constexpr std::string_view prefix = "gitdir: ";
  if (text.substr(0, prefix.size()) != prefix) return std::nullopt;
  text.remove_prefix(prefix.size());
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return posix_path::resolve(posix_path::dirname(file), text);
}

enum class Found { yes, no, stop };

Found look_in(const std::string& folder) {
  const std::string dot_git = folder == "/" ? "/.git" : folder + "/.git";
  struct stat status {};
  if (::stat(dot_git.c_str(), &status) == 0) {
    if (S_ISREG(status.st_mode)) {
      const auto gitdir = gitdir_of(dot_git);
      return gitdir && is_repository(*gitdir) ? Found::yes : Found::stop;
    }
    if (S_ISDIR(status.st_mode) && is_repository(dot_git)) return Found::yes;
  }
  return is_repository(folder) ? Found::stop : Found::no;  // a bare repository has no work tree
}

bool same_folder(const std::string& a, const std::string& b) {
  struct stat x {};
  struct stat y {};
  return ::stat(a.c_str(), &x) == 0 && ::stat(b.c_str(), &y) == 0 && x.st_dev == y.st_dev &&
         x.st_ino == y.st_ino;
}

std::optional<std::string> real_path(const std::string& folder) {
  char* path = ::realpath(folder.c_str(), nullptr);
  if (path == nullptr) return std::nullopt;
  std::string out(path);
  ::free(path);
  return out;
}

}  // namespace

std::optional<std::string> git_root(const std::string& folder, Mode mode) {
  const auto real = real_path(folder);
  struct stat start {};
  if (!real || ::stat(real->c_str(), &start) != 0 || !S_ISDIR(start.st_mode)) return std::nullopt;
  std::string way_up = folder;
  for (std::string at = *real;; at = posix_path::dirname(at)) {
    struct stat here {};
    if (::stat(at.c_str(), &here) != 0 || here.st_dev != start.st_dev) return std::nullopt;
    const Found found = look_in(at);
    if (found == Found::stop) return std::nullopt;
    if (found == Found::yes) {
      const std::string root = posix_path::normalize(way_up);
      return mode == Mode::drop_in || same_folder(root, at) ? root : at;
    }
    if (at == "/") return std::nullopt;
    way_up += "/..";
  }
}

}  // namespace fairlead
