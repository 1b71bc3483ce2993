#include "engine/sync_files.hpp"

#include "base/atomic_file.hpp"
#include "base/text.hpp"
#include "engine/captured.hpp"

#include <fairlead/error.hpp>
#include <fairlead/plugins.hpp>

#include <filesystem>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return {};
  try {
    return read_file_if_there(file).value_or(std::string());
  } catch (const Error&) {  // its rules cannot be known; git would not know them either
    return {};
  }
}

/// Empty: git is not there, or this is no repository.
std::string git(const Environment& environment, const std::string& root,
                std::vector<std::string> words, const std::stop_token& stop) {
  words.insert(words.begin(), {"git", "-C", root});
  try {
    const auto said = run_captured_on(
        *local_host(), {.argv = std::move(words), .env = environment, .clean_env = true}, stop);
    return said.exit_code == 0 ? said.out : std::string();
  } catch (const Error& error) {
    if (error.code() != "host.command_not_found") throw;
    return {};
  }
}

std::string global_rules(const Environment& environment, const std::string& root,
                         const std::stop_token& stop) {
  const auto said = git(environment, root, {"config", "--path", "core.excludesFile"}, stop);
  if (const auto named = trim(said); !named.empty()) return text_of(fs::path(named));
  const auto value = [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  };
  const auto config = value("XDG_CONFIG_HOME");
  return text_of(fs::path(config.empty() ? value("HOME") + "/.config" : config) / "git/ignore");
}

class Walk {
 public:
  Walk(std::string root, SyncFiles& found, const std::stop_token& stop)
      : root_(std::move(root)), found_(found), stop_(stop) {}

  /// `hidden`: a rule leaves the folder out, and only what is kept in it counts.
  void enter(const std::string& folder, bool hidden) {
    if (stop_.stop_requested()) throw Error(Status::cancelled, "cancelled", "cancelled");
    const auto path = fs::path(root_) / folder;
    if (!hidden) found_.rules.add(text_of(path / ".gitignore"), folder);
    std::error_code fault;
    auto entry = fs::directory_iterator(path, fault);
    for (; !fault && entry != fs::directory_iterator(); entry.increment(fault)) {
      const auto name = entry->path().filename().string();
      take(folder.empty() ? name : folder + '/' + name, *entry, hidden);
    }
    if (fault && fault != std::errc::no_such_file_or_directory) {
      throw Error(Status::failed, "sync.read",
                  path.string() + " cannot be read: " + fault.message() + '.',
                  "Make it readable, or name it in .fairleadignore.");
    }
  }

 private:
  void take(const std::string& path, const fs::directory_entry& entry, bool hidden) {
    std::error_code gone;
    const auto type = entry.symlink_status(gone).type();
    const bool folder = type == fs::file_type::directory;
    const bool left_out = hidden || found_.rules.ignores(path, folder);
    if (left_out && !found_.rules.kept(path)) return;
    if (folder) {
      found_.folders.push_back(path);
      enter(path, left_out);
    } else if (type == fs::file_type::regular || type == fs::file_type::symlink) {
      found_.files.insert(path);
    }
  }

  std::string root_;
  SyncFiles& found_;
  const std::stop_token& stop_;
};

}  // namespace

bool is_left_out(const IgnoreRules& rules, const std::string& path) {
  for (auto end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1)) {
    const auto folder = path.substr(0, end);
    if (rules.ignores(folder, true) && !rules.kept(folder)) return true;
  }
  return rules.ignores(path, false);
}

SyncFiles list_sync_files(const Environment& environment, const std::string& root,
                          const std::stop_token& stop) {
  SyncFiles found;
  std::error_code ignored;
  found.rules.add_own(text_of(fs::path(root) / ".fairleadignore"));
  if (fs::exists(fs::path(root) / ".git", ignored)) {
    found.rules.add(global_rules(environment, root, stop));
    found.rules.add(text_of(fs::path(root) / ".git/info/exclude"));
    const auto tracked = git(
        environment, root, {"ls-files", "-z", "--cached", "--ignored", "--exclude-standard"}, stop);
    for (const auto path : split(tracked, '\0')) {
      if (!path.empty()) found.rules.keep(std::string(path));
    }
  }
  Walk(root, found, stop).enter({}, false);
  return found;
}

}  // namespace fairlead
