#include "tree.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace fairlead::testbed {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void give_up(const fs::path& path) {
  throw fs::filesystem_error("copying", path, std::error_code(errno, std::generic_category()));
}

void copy_attributes(const fs::path& from, const fs::path& to) {
  struct stat status {};
  if (::lstat(from.c_str(), &status) != 0) give_up(from);
  if (::lchown(to.c_str(), status.st_uid, status.st_gid) != 0) give_up(to);
  // After chown, which drops the set-user-id bit.
  if (!S_ISLNK(status.st_mode) && ::chmod(to.c_str(), status.st_mode & 07777) != 0) give_up(to);
}

}  // namespace

void copy_tree(const fs::path& from, const fs::path& to) {
  fs::create_directory(to);
  copy_attributes(from, to);
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    const fs::path target = to / entry.path().lexically_relative(from);
    if (entry.is_symlink()) {
      fs::copy_symlink(entry.path(), target);
    } else if (entry.is_directory()) {
      fs::create_directory(target);
    } else if (entry.is_regular_file()) {
      fs::copy_file(entry.path(), target);
    } else {
      continue;  // the shim makes the devices
    }
    copy_attributes(entry.path(), target);
  }
}

}  // namespace fairlead::testbed
