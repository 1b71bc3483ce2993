#include "base/paths.hpp"

#include <fairlead/error.hpp>

#include <dlfcn.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

/// The variable's value when it is an absolute path.
fs::path absolute_variable(const Environment& environment, const char* name) {
  const auto found = environment.find(name);
  if (found == environment.end()) return {};
  fs::path value = found->second;
  return value.is_absolute() ? value : fs::path{};
}

class Folders {
 public:
  Folders(const Environment& environment, const fs::path& fallback_home)
      : environment_(&environment), home_(absolute_variable(environment, "HOME")) {
    if (home_.empty()) home_ = fallback_home;
  }

  /// Empty: there is neither the variable nor a home.
  fs::path find(const char* variable, const char* below_home) const {
    const fs::path base = absolute_variable(*environment_, variable);
    if (!base.empty()) return base / "fairlead";
    return home_.empty() ? home_ : home_ / below_home / "fairlead";
  }

  fs::path of(const char* variable, const char* below_home) const {
    fs::path folder = find(variable, below_home);
    if (!folder.empty()) return folder;
    throw Error(Status::invalid, "paths.home",
                std::string("neither ") + variable + " nor HOME says where fairlead's files go",
                "set HOME to your home folder");
  }

 private:
  const Environment* environment_;
  fs::path home_;
};

/// The folder below lib/ in which Debian and its descendants keep this architecture's libraries.
constexpr const char* multiarch_folder() {
#if defined(__x86_64__)
  return "lib/x86_64-linux-gnu";
#elif defined(__aarch64__)
  return "lib/aarch64-linux-gnu";
#else
  return "lib";
#endif
}

}  // namespace

UserFolders user_folders(const Environment& environment, const fs::path& fallback_home) {
  const Folders folders(environment, fallback_home);
  UserFolders user;
  user.config = folders.of("XDG_CONFIG_HOME", ".config");
  user.state = folders.of("XDG_STATE_HOME", ".local/state");
  user.data = folders.of("XDG_DATA_HOME", ".local/share");
  user.cache = folders.of("XDG_CACHE_HOME", ".cache");
  const fs::path runtime = absolute_variable(environment, "XDG_RUNTIME_DIR");
  user.runtime = runtime.empty() ? user.state / "run" : runtime / "fairlead";
  return user;
}

fs::path user_config_folder(const Environment& environment, const fs::path& fallback_home) {
  return Folders(environment, fallback_home).find("XDG_CONFIG_HOME", ".config");
}

Environment capture_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

fs::path home_of_user() {
  std::array<char, 16384> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  const int error = ::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found);
  if (error != 0 || found == nullptr || found->pw_dir == nullptr) return {};
  fs::path home = found->pw_dir;
  return home.is_absolute() ? home : fs::path{};
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    entries.push_back(it->path());
  }
  std::ranges::sort(entries);
  return entries;
}

fs::path executable_path() {
  // In a library for embedders the program is somebody else's.
  Dl_info own{};
  const bool known = ::dladdr(reinterpret_cast<const void*>(&executable_path), &own) != 0;
  std::error_code error;
  if (known && std::string_view(own.dli_fname).find(".so") != std::string_view::npos) {
    auto library = fs::canonical(own.dli_fname, error);
    if (!error) return library;
  }
  fs::path path = fs::read_symlink("/proc/self/exe", error);
  if (!error) return path;
  throw Error(Status::unavailable, "paths.executable",
              "cannot tell where the running program is: /proc/self/exe: " + error.message(),
              "fairlead needs /proc mounted");
}

InstallLayout install_layout(const fs::path& executable) {
  InstallLayout layout;
  const fs::path folder = executable.parent_path();
  const bool is_deeper =
      folder.parent_path().filename() == "libexec" || folder.parent_path().filename() == "lib";
  layout.prefix = is_deeper ? folder.parent_path().parent_path() : folder.parent_path();
  layout.data = layout.prefix / "share" / "fairlead";
  for (const char* library : {multiarch_folder(), "lib64", "lib"}) {
    const fs::path plugins = layout.prefix / library / "fairlead" / "plugins";
    std::error_code ignored;  // a folder that cannot be looked at holds no plugins for us
    if (!fs::is_directory(plugins, ignored)) continue;
    if (!layout.plugins.empty() && fs::equivalent(layout.plugins.back(), plugins, ignored))
      continue;
    layout.plugins.push_back(plugins);
  }
  return layout;
}

}  // namespace fairlead
