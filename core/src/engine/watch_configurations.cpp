#include "base/atomic_file.hpp"
#include "base/sha256.hpp"
#include "engine/configuration_files.hpp"

#include <fairlead/config.hpp>
#include <fairlead/error.hpp>
#include <fairlead/unique_fd.hpp>
#include <fairlead/watch.hpp>

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <system_error>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr int round_ms = 200;
constexpr int quiet_ms = 100;
/// Where there is never quiet, what has changed is told all the same.
constexpr std::chrono::seconds longest_unrest{2};
constexpr std::uint32_t changes = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                  IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

/// Configuration files with the hash of what is in them and in the files that they name.
using Contents = std::map<std::string, std::string>;

/// Large files, as a feature may bring along, by size and time, and so all once `budget`, the bytes
/// that one configuration may take to read, is spent.
std::string hash_of(const std::string& file, std::uintmax_t& budget) {
  constexpr std::uintmax_t large = 1U << 20U;
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return "none";
  const auto size = fs::file_size(file, error);
  if (!error && size > std::min(large, budget)) {
    const auto time = fs::last_write_time(file, error).time_since_epoch().count();
    return std::to_string(size) + ' ' + std::to_string(time);
  }
  if (!error) budget -= size;
  try {
    const auto text = read_file_if_there(file);
    return text ? sha256_hex(*text) : "none";
  } catch (const Error&) {  // it cannot be read now
    return "unreadable";
  }
}

/// False: it is not there, not ours to see, or one too many (errno).
bool try_to_watch(const UniqueFd& inotify, const fs::path& path) {
  return ::inotify_add_watch(inotify.get(), path.c_str(), changes) >= 0;
}

void watch_folder(const UniqueFd& inotify, const fs::path& path) {
  if (try_to_watch(inotify, path) || (errno != ENOSPC && errno != ENOMEM)) return;
  throw Error(Status::failed, "watch.folder",
              "'" + path.string() + "' cannot be watched: " + std::strerror(errno) + ".",
              "fs.inotify.max_user_watches limits how many folders are.");
}

/// The folders of what is named are watched before it is read, and those for which the system has
/// no watch left are seen when anything else changes: one configuration does not end the watch of
/// all.
Contents contents_of(const Core& core, const UniqueFd& inotify, const std::string& folder) {
  Contents contents;
  for (const auto& config : list_configs(folder)) {
    const auto files = files_of_configuration(core, folder, config);
    for (const auto& file : files) try_to_watch(inotify, fs::path(file).parent_path());
    std::uintmax_t budget = 8U << 20U;
    std::string all;
    for (const auto& file : files) all += file + '\0' + hash_of(file, budget) + '\0';
    contents[config] = sha256_hex(all);
  }
  return contents;
}

/// The folders that configurations stand in, and the one that may get them. Those that are watched
/// already stay so.
void watch_folders(const UniqueFd& inotify, const std::string& folder) {
  const auto add = [&](const fs::path& path) { watch_folder(inotify, path); };
  const auto configs = fs::path(folder) / ".devcontainer";
  add(folder);
  add(configs);
  std::error_code error;
  for (auto entry = fs::directory_iterator(configs, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_directory(ignored)) add(entry->path());
  }
}

bool wait(const UniqueFd& inotify, int milliseconds) {
  pollfd ready{.fd = inotify.get(), .events = POLLIN, .revents = 0};
  return ::poll(&ready, 1, milliseconds) > 0;
}

void drain(const UniqueFd& inotify) {
  std::array<char, 16384> buffer{};
  while (::read(inotify.get(), buffer.data(), buffer.size()) > 0) {
  }
}

}  // namespace

void watch_configurations(const Core& core, const std::vector<std::string>& folders,
                          const std::function<void()>& on_ready,
                          const std::function<void(const ConfigurationEvent&)>& on_event,
                          const std::stop_token& stop) {
  using Kind = ConfigurationEvent::Kind;
  const UniqueFd inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify) {
    throw Error(Status::failed, "watch.folder",
                std::string("No folder can be watched: ") + std::strerror(errno) + ".",
                "fs.inotify.max_user_instances limits how many programs do.");
  }
  std::map<std::string, Contents> known;
  const auto look = [&](bool tell) {
    // First: what changes from here on wakes us again.
    for (const auto& folder : folders) watch_folders(inotify, folder);
    for (const auto& folder : folders) {
      auto now = contents_of(core, inotify, folder);
      auto& before = known[folder];
      for (const auto& [file, hash] : now) {
        const auto old = before.find(file);
        if (!tell || (old != before.end() && old->second == hash)) continue;
        on_event({old == before.end() ? Kind::appeared : Kind::changed, folder, file});
      }
      for (const auto& [file, hash] : before) {
        if (tell && !now.contains(file)) on_event({Kind::vanished, folder, file});
      }
      before = std::move(now);
    }
  };
  look(false);
  on_ready();
  while (!stop.stop_requested()) {
    if (!wait(inotify, round_ms)) continue;
    const auto end = std::chrono::steady_clock::now() + longest_unrest;
    do {
      drain(inotify);
    } while (!stop.stop_requested() && std::chrono::steady_clock::now() < end &&
             wait(inotify, quiet_ms));
    look(true);
  }
}

}  // namespace fairlead
