#include "engine/folder_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t events = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                 IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_ONLYDIR |
                                 IN_DONT_FOLLOW | IN_EXCL_UNLINK;

/// Unison's own, while it writes a file here.
bool is_of_unison(const std::string& name) { return name.starts_with(".unison."); }

}  // namespace

FolderWatch::FolderWatch(std::string root)
    : root_(std::move(root)), fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

void FolderWatch::add(const std::string& folder, const IgnoreRules& rules) {
  const auto path = fs::path(root_) / folder;
  const int watch = ::inotify_add_watch(fd_.get(), path.c_str(), events);
  if (watch < 0) {
    complete_ = complete_ && errno != ENOSPC;
    return;
  }
  folders_[watch] = folder;  // the same number for a folder that has one, under its newest name
  std::error_code fault;
  auto entry = fs::directory_iterator(path, fault);
  for (; !fault && entry != fs::directory_iterator(); entry.increment(fault)) {
    std::error_code gone;
    if (entry->symlink_status(gone).type() != fs::file_type::directory) continue;
    const auto name = entry->path().filename().string();
    const auto inner = folder.empty() ? name : folder + '/' + name;
    if (!rules.ignores(inner, true) || rules.kept(inner)) add(inner, rules);
  }
}

bool FolderWatch::cover(const IgnoreRules& rules) {
  complete_ = static_cast<bool>(fd_);
  if (fd_) add({}, rules);
  return complete_;
}

bool FolderWatch::take(const IgnoreRules& rules) {
  bool matters = false;
  bool again = false;
  alignas(inotify_event) std::array<char, 65536> buffer;
  for (;;) {
    const auto got = ::read(fd_.get(), buffer.data(), buffer.size());
    if (got <= 0) break;
    for (ssize_t at = 0; at < got;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const std::string name = event.len > 0 ? buffer.data() + at + sizeof event : "";
      at += static_cast<ssize_t>(sizeof event + event.len);
      if ((event.mask & IN_Q_OVERFLOW) != 0) {
        matters = again = true;
        continue;
      }
      if ((event.mask & IN_IGNORED) != 0) {
        folders_.erase(event.wd);
        continue;
      }
      const auto folder = folders_.find(event.wd);
      if (folder == folders_.end() || is_of_unison(name)) continue;
      const bool is_folder = (event.mask & IN_ISDIR) != 0;
      const auto path = folder->second.empty() ? name : folder->second + '/' + name;
      if (!name.empty() && rules.ignores(path, is_folder) && !rules.kept(path)) continue;
      matters = true;
      again = again || (is_folder && (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0);
    }
  }
  if (again) cover(rules);
  return matters;
}

}  // namespace fairlead
