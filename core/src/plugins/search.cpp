#include "plugins/search.hpp"

#include "plugins/abi_check.hpp"
#include "plugins/manifest.hpp"

#include <fairlead/error.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace fairlead {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view manifest_ending = ".plugin.toml";

std::vector<std::string> manifests_in(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code ignored;  // a missing folder is an empty one
  for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored)) {
    if (entry->path().string().ends_with(manifest_ending)) found.push_back(entry->path().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

// A file that we do not trust enough to read is known by its name alone.
PluginEntry refused(const std::string& manifest_path, std::string why) {
  PluginEntry entry;
  entry.manifest.id = fs::path(manifest_path).filename().string();
  entry.manifest.id.resize(entry.manifest.id.size() - manifest_ending.size());
  entry.manifest.manifest_path = manifest_path;
  entry.refusal = std::move(why);
  return entry;
}

std::string library_problem(const PluginManifest& manifest) {
  if (!fs::exists(manifest.library_path)) {
    return "its library " + manifest.library_path + " does not exist";
  }
  return writable_by_others(manifest.library_path);
}

PluginEntry examine(const std::string& folder_problem, const std::string& path) {
  if (!folder_problem.empty()) return refused(path, folder_problem);
  if (auto problem = writable_by_others(path); !problem.empty()) {
    return refused(path, std::move(problem));
  }
  try {
    PluginEntry entry;
    entry.manifest = read_manifest(path);
    entry.refusal = abi_problem(entry.manifest);
    if (entry.refusal.empty()) entry.refusal = library_problem(entry.manifest);
    return entry;
  } catch (const Error& problem) {
    return refused(path, problem.text());
  }
}

}  // namespace

std::string writable_by_others(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    return "cannot look at " + path + ": " + std::strerror(errno);
  }
  std::array<char, 8> mode{};
  std::snprintf(mode.data(), mode.size(), "%04o", static_cast<unsigned>(info.st_mode & 07777U));
  if (info.st_uid != 0 && info.st_uid != ::geteuid()) {
    return path + " belongs to another user (" + std::to_string(info.st_uid) + ")";
  }
  const bool foreign_group = info.st_gid != 0 && info.st_gid != ::getegid();
  if ((info.st_mode & S_IWOTH) != 0 || (foreign_group && (info.st_mode & S_IWGRP) != 0)) {
    return path + " can be written by other users (mode " + mode.data() + ")";
  }
  return {};
}

std::vector<PluginEntry> find_plugins(const std::vector<std::string>& folders, const Log& log) {
  std::vector<PluginEntry> found;
  for (const auto& folder : folders) {
    const auto paths = manifests_in(folder);
    const auto folder_problem = paths.empty() ? std::string() : writable_by_others(folder);
    for (const auto& path : paths) {
      const bool known = std::any_of(found.begin(), found.end(), [&](const PluginEntry& earlier) {
        return earlier.manifest.manifest_path == path;
      });
      if (known) continue;  // a folder that was named twice
      auto entry = examine(folder_problem, path);
      const auto same = std::find_if(found.begin(), found.end(), [&](const PluginEntry& earlier) {
        return earlier.refusal.empty() && earlier.manifest.id == entry.manifest.id;
      });
      if (entry.refusal.empty() && same != found.end()) {
        entry.refusal = "another plugin with the id '" + entry.manifest.id +
                        "' comes first: " + same->manifest.manifest_path;
        log.text(LogLevel::warning, path + " is not used: " + entry.refusal);
      }
      found.push_back(std::move(entry));
    }
  }
  return found;
}

}  // namespace fairlead
