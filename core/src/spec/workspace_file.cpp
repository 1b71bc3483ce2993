#include "spec/workspace_file.hpp"

#include "base/atomic_file.hpp"
#include "base/jsonc.hpp"
#include "spec/json_access.hpp"
#include "spec/posix_path.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace fairlead {
namespace {

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// The path that one item of "folders" names; nullopt: it is on no file system of ours.
std::optional<std::string> root_of(const Json& item, const std::string& folder) {
  const std::string path = text_member(item, "path");
  if (!path.empty()) return posix_path::resolve(folder, path);
  constexpr std::string_view scheme = "file://";
  const std::string uri = text_member(item, "uri");
  if (uri.compare(0, scheme.size(), scheme) != 0) return std::nullopt;
  return posix_path::normalize(uri.substr(scheme.size()));
}

}  // namespace

bool is_workspace_file(const std::string& path) {
  constexpr std::string_view suffix = ".code-workspace";
  return path.size() >= suffix.size() &&
         path.compare(path.size() - suffix.size(), suffix.size(), suffix) == 0 && !is_folder(path);
}

WorkspaceFile read_workspace_file(const std::string& file) {
  WorkspaceFile out;
  const auto text = read_file_if_there(file);
  if (!text) return out;
  const JsoncOptions options{file, false};
  const auto json = read_jsonc(*text, options);
  const Json* folders = json ? member(*json, "folders") : nullptr;
  if (folders == nullptr || !folders->is_array()) return out;
  const SourceMap source(*text, options);
  for (std::size_t i = 0; i < folders->size(); ++i) {
    const auto root = root_of((*folders)[i], posix_path::dirname(file));
    if (root && is_folder(*root)) {
      if (std::find(out.roots.begin(), out.roots.end(), *root) == out.roots.end()) {
        out.roots.push_back(*root);
      }
    } else {
      out.warnings.emplace_back(root ? "the folder " + *root + " is not there"
                                     : "this folder is not on this machine's file system",
                                source.locate({"/folders/" + std::to_string(i)}).front());
    }
  }
  return out;
}

}  // namespace fairlead
