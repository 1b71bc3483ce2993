#include "spec/locate.hpp"

#include "spec/posix_path.hpp"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

namespace fairlead {
namespace {

constexpr std::string_view default_places[] = {".devcontainer/devcontainer.json",
                                               ".devcontainer.json"};

bool is_file(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

struct FreePath {
  void operator()(char* path) const { std::free(path); }
};

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

std::string current_folder() {
  const std::unique_ptr<char, FreePath> path(::getcwd(nullptr, 0));
  if (!path) {
    throw Error(Status::not_found, "config.working_directory",
                "the working directory does not exist any more", "change to another folder");
  }
  return path.get();
}

/// A workspace file stands for its folder (CFG-010).
std::string folder_of_workspace(std::string path) {
  constexpr std::string_view suffix = ".code-workspace";
  const bool is_workspace_file =
      path.size() >= suffix.size() &&
      path.compare(path.size() - suffix.size(), suffix.size(), suffix) == 0;
  return is_workspace_file && !is_folder(path) ? posix_path::dirname(path) : path;
}

std::string default_config(const std::string& workspace_folder) {
  for (const std::string_view place : default_places) {
    std::string path = posix_path::resolve(workspace_folder, place);
    if (is_file(path)) return path;
  }
  return posix_path::resolve(workspace_folder, default_places[0]);
}

std::vector<std::string> folders_in(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, CloseFolder> dir(::opendir(folder.c_str()));
  if (!dir) return names;
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != ".." && is_folder(folder + '/' + name)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::vector<std::string> list_configs(const std::string& workspace_folder) {
  std::vector<std::string> found;
  const auto add = [&](std::string path) {
    if (is_file(path)) found.push_back(std::move(path));
  };
  for (const std::string_view place : default_places) {
    add(posix_path::resolve(workspace_folder, place));
  }
  const std::string folder = posix_path::resolve(workspace_folder, ".devcontainer");
  for (const auto& name : folders_in(folder)) add(folder + '/' + name + "/devcontainer.json");
  return found;
}

ConfigLocation locate_config(const ReadOptions& options) {
  std::string from = options.working_directory;
  const auto absolute = [&](const std::string& path) {
    if (path.front() == '/') return posix_path::normalize(path);
    if (from.empty()) from = current_folder();
    return posix_path::resolve(from, path);
  };
  ConfigLocation out;
  if (!options.workspace_folder.empty()) {
    out.workspace_folder = folder_of_workspace(absolute(options.workspace_folder));
  }
  const std::string over =
      options.override_config.empty() ? std::string() : absolute(options.override_config);
  if (!options.config.empty()) {
    out.config_file = absolute(options.config);
    out.explicit_file = true;
  } else if (!out.workspace_folder.empty()) {
    out.config_file = default_config(out.workspace_folder);
  } else if (!over.empty()) {
    out.config_file = over;
    out.explicit_file = true;
  } else {
    throw Error(Status::invalid, "config.not_found",
                "neither a workspace folder nor a configuration was given",
                "name one with --workspace-folder or --config");
  }
  out.content_file = over.empty() ? out.config_file : over;
  return out;
}

Error config_not_found(const ConfigLocation& location) {
  std::string hint;
  if (location.content_file != location.config_file) {
    hint = "the override is " + location.content_file;
  } else if (!location.explicit_file) {
    const auto others = list_configs(location.workspace_folder);
    hint = others.empty() ? "create one, or name another folder with --workspace-folder"
                          : "choose one with --config:";
    for (const auto& other : others) hint += "\n    " + other;
  }
  return {Status::not_found, "config.not_found",
          "Dev container config (" + location.config_file + ") not found.", hint};
}

}  // namespace fairlead
