#include "support/leak_guard.hpp"

#include "support/wait.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <regex>
#include <sstream>

namespace fairlead::test {
namespace {

namespace fs = std::filesystem;

std::string link_target(const fs::path& path) {
  std::error_code gone;
  return fs::read_symlink(path, gone).string();
}

std::set<std::string> open_descriptors() {
  std::set<std::string> found;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    const std::string target = link_target(entry.path());
    // The one that reads this very folder is not a leak.
    if (target.find("/proc/" + std::to_string(::getpid()) + "/fd") == std::string::npos) {
      found.insert(entry.path().filename().string() + " " + target);
    }
  }
  return found;
}

bool is_zombie(const fs::path& process) {
  const std::string line = read_file(process / "stat");
  const auto name_end = line.rfind(')');
  return name_end == std::string::npos || line.compare(name_end, 3, ") Z") == 0;
}

std::string describe(const fs::path& process) {
  std::string words = read_file(process / "cmdline");
  std::replace(words.begin(), words.end(), '\0', ' ');
  return process.filename().string() + ": " + words;
}

template <class Condition>
std::vector<std::string> processes_where(const Condition& condition) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (std::isdigit(static_cast<unsigned char>(name[0])) == 0) continue;
    if (name == std::to_string(::getpid())) continue;
    if (condition(entry.path()) && !is_zombie(entry.path()))
      found.push_back(describe(entry.path()));
  }
  return found;
}

/// "inode: pid" of every held flock and record lock.
std::map<std::string, std::string> held_locks() {
  std::map<std::string, std::string> held;
  std::istringstream lines(read_file("/proc/locks"));
  static const std::regex form(R"(.* (\d+) \w+:\w+:(\d+) .*)");
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, form)) held[match[2]] = match[1];
  }
  return held;
}

void add_locks(const fs::path& folder, std::vector<std::string>& leaks) {
  const auto held = held_locks();
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    struct stat status {};
    if (::lstat(entry.path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    const auto lock = held.find(std::to_string(status.st_ino));
    if (lock != held.end()) {
      leaks.push_back("lock on " + entry.path().string() + " held by " + lock->second);
    }
  }
}

/// Anything in TMPDIR, but for what the reference CLI keeps there; and in the runtime folder
/// anything but lock files, which stay because removing them would break the lock, and the caches
/// of probed environments and of those of the last time, which are to be gone after a reboot.
void add_files(const TestRun& run, std::vector<std::string>& leaks) {
  for (const auto& entry : fs::directory_iterator(run.below("tmp"))) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("devcontainercli") || name.starts_with("node-")) continue;
    leaks.push_back("temporary file " + entry.path().string());
  }
  for (const auto& entry : fs::recursive_directory_iterator(run.below("run"))) {
    const std::string name = entry.path().filename().string();
    const bool lock = name.ends_with(".lock") && entry.is_regular_file() && entry.file_size() < 256;
    const auto path = entry.path().string();
    const bool cache = path.find("/fairlead/environments/") != std::string::npos ||
                       path.find("/fairlead/last/") != std::string::npos;
    if (!lock && !cache && !entry.is_directory()) leaks.push_back("runtime file " + path);
  }
}

}  // namespace

LeakGuard::LeakGuard(const TestRun& run) : run_(run), descriptors_(open_descriptors()) {}

std::vector<std::string> LeakGuard::look() const {
  std::vector<std::string> leaks;
  for (const std::string& process : marked_processes("FLTEST_RUN", run_.id())) {
    leaks.push_back("process " + process);
  }
  for (const std::string& descriptor : open_descriptors()) {
    if (descriptors_.count(descriptor) == 0) leaks.push_back("descriptor " + descriptor);
  }
  add_locks(run_.folder(), leaks);
  add_files(run_, leaks);
  return leaks;
}

std::vector<std::string> LeakGuard::leaks() const {
  std::vector<std::string> found;
  // The engine or the kernel may be one step behind.
  wait_until(milliseconds(5000), [&] {
    found = look();
    return found.empty();
  });
  return found;
}

std::vector<std::string> marked_processes(const std::string& name, const std::string& value) {
  const std::string mark = name + "=" + value;
  return processes_where([&](const fs::path& process) {
    const std::string environment = '\0' + read_file(process / "environ");
    return environment.find('\0' + mark + '\0') != std::string::npos;
  });
}

std::vector<std::string> processes_below(const std::string& folder) {
  return processes_where([&](const fs::path& process) {
    return link_target(process / "root").starts_with(folder + "/");
  });
}

bool is_keep_alive(const std::string& command_line) {
  return command_line.find("Container started") != std::string::npos ||
         command_line.find("sleep 1") != std::string::npos ||
         command_line.find("[sleep]") != std::string::npos;  // ended, and not waited for yet
}

}  // namespace fairlead::test
