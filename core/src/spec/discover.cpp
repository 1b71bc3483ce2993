#include "spec/locate.hpp"
#include "spec/posix_path.hpp"
#include "spec/workspace_file.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

namespace fairlead {
namespace {

constexpr std::array<std::string_view, 2> default_places = {".devcontainer/devcontainer.json",
                                                            ".devcontainer.json"};

bool is_file(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

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

bool in_default_place(const ConfigCandidate& candidate) {
  return std::any_of(default_places.begin(), default_places.end(), [&](std::string_view place) {
    return candidate.config_file == posix_path::resolve(candidate.workspace_folder, place);
  });
}

/// The configuration that stands for all of one folder's: a default place's, or the only one.
std::optional<std::size_t> usual_of(const std::vector<ConfigCandidate>& all, std::size_t begin,
                                    std::size_t end) {
  if (begin == end) return std::nullopt;
  const bool clear = in_default_place(all[begin]) || end == begin + 1;
  return clear ? std::optional<std::size_t>(begin) : std::nullopt;
}

/// Appends the folder's configurations that are not there yet.
void add_configs(const std::string& folder, std::vector<ConfigCandidate>& all) {
  for (auto& file : list_configs(folder)) {
    const bool known = std::any_of(all.begin(), all.end(), [&](const ConfigCandidate& one) {
      return one.config_file == file;
    });
    if (!known) all.push_back({std::move(file), folder});
  }
}

}  // namespace

std::string default_config(const std::string& workspace_folder) {
  for (const std::string_view place : default_places) {
    std::string path = posix_path::resolve(workspace_folder, place);
    if (is_file(path)) return path;
  }
  return posix_path::resolve(workspace_folder, default_places[0]);
}

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

ConfigChoice choose_config(const std::string& folder, const std::vector<std::string>& roots) {
  ConfigChoice out;
  add_configs(folder, out.candidates);
  const std::size_t own = out.candidates.size();
  out.usual = usual_of(out.candidates, 0, own);
  // A configuration beside the .code-workspace file is that of the whole (CFG-010).
  const bool whole = own > 0 && in_default_place(out.candidates.front());
  int groups = own > 0 ? 1 : 0;
  for (const auto& root : roots) {
    const std::size_t begin = out.candidates.size();
    add_configs(root, out.candidates);
    if (begin == out.candidates.size()) continue;
    ++groups;
    if (!whole && groups == 1) out.usual = usual_of(out.candidates, begin, out.candidates.size());
  }
  if (!whole && groups > 1) out.usual.reset();
  return out;
}

ConfigChoice find_configs(const ReadOptions& options) {
  if (options.workspace_folder.empty()) return {};
  const std::string path = absolute_path(options, options.workspace_folder);
  if (!is_workspace_file(path)) return choose_config(path, {});
  return choose_config(posix_path::dirname(path), read_workspace_file(path).roots);
}

}  // namespace fairlead
