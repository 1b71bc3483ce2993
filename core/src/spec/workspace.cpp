#include "spec/workspace.hpp"

#include "base/atomic_file.hpp"
#include "base/text.hpp"
#include "spec/git_root.hpp"
#include "spec/json_access.hpp"
#include "spec/mount.hpp"
#include "spec/posix_path.hpp"

#include <fairlead/config.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace fairlead {
namespace {

constexpr std::string_view container_root = "/workspaces";

/// A side of a mount string. The reference quotes for a comma and leaves quotes alone, which no
/// reader of CSV accepts.
std::string mount_field(std::string_view name, const std::string& value, Mode mode) {
  std::string field = std::string(name) + '=' + value;
  if (mode == Mode::fairlead) return csv_field(field);
  return value.find(',') == std::string::npos ? field : '"' + field + '"';
}

std::string bind_mount(const std::string& source, const std::string& target, Mode mode) {
  return "type=bind," + mount_field("source", source, mode) + ',' +
         mount_field("target", target, mode);
}

/// A git work tree whose repository lies elsewhere, named by a relative path in its `.git` file.
struct Worktree {
  std::string common_dir;   ///< on the host
  std::string common_root;  ///< the folder that holds both
};

/// The text behind "gitdir:" at the beginning of a line.
std::string_view gitdir_line(std::string_view text) {
  for (std::string_view line : split(text, '\n')) {
    constexpr std::string_view prefix = "gitdir:";
    if (line.substr(0, prefix.size()) == prefix) return trim(line.substr(prefix.size()));
  }
  return {};
}

/// The longest folder above both paths.
std::string common_parent(const std::string& a, const std::string& b) {
  std::string out;
  const auto x = split(a, '/');
  const auto y = split(b, '/');
  for (std::size_t i = 1; i < std::min(x.size(), y.size()) && x[i] == y[i]; ++i) {
    out += '/';
    out += x[i];
  }
  return out.empty() ? "/" : out;
}

std::optional<Worktree> worktree_of(const std::string& root, const WorkspaceHost& host) {
  const auto text = host.read(root + "/.git");
  if (!text) return std::nullopt;
  const std::string_view gitdir = gitdir_line(*text);
  // An absolute path has no counterpart in the container (CFG-036).
  if (gitdir.empty() || gitdir.front() == '/') return std::nullopt;
  Worktree out;
  out.common_dir = posix_path::resolve(root, std::string(gitdir) + "/../..");
  out.common_root = common_parent(posix_path::dirname(root), posix_path::dirname(out.common_dir));
  return out;
}

std::string in_container(const std::string& common_root, const std::string& path) {
  return posix_path::resolve(container_root, posix_path::relative(common_root, path));
}

/// The mount root's place in the container, and the second mount when there is one.
struct Targets {
  std::string folder;
  std::optional<std::string> additional_mount;
};

Targets targets(const std::string& root, const WorkspaceOptions& options,
                const WorkspaceHost& host) {
  const auto worktree = options.mount_worktree_common_dir ? worktree_of(root, host) : std::nullopt;
  if (!worktree) {
    return {posix_path::resolve(container_root, posix_path::basename(root)), std::nullopt};
  }
  return {in_container(worktree->common_root, root),
          bind_mount(worktree->common_dir,
                     in_container(worktree->common_root, worktree->common_dir), options.mode)};
}

/// A string member; nullopt when it is not there, "" when it is there and says nothing.
std::optional<std::string> given_text(const Json& config, std::string_view name) {
  const Json* value = member(config, name);
  if (value == nullptr) return std::nullopt;
  return value->is_string() ? value->get<std::string>() : std::string();
}

void require_path(const Json& config, Mode mode) {
  const Json* folder = member(config, "workspaceFolder");
  if (mode == Mode::fairlead || !truthy(folder) || folder->is_string()) return;
  throw Error(Status::invalid, "config.invalid",
              "\"workspaceFolder\" must be a string, not " + kind_of(*folder));
}

}  // namespace

WorkspacePaths workspace_paths(const Json& config, const WorkspaceOptions& options,
                               const WorkspaceHost& host) {
  WorkspacePaths out;
  out.local_folder = options.local_folder;
  out.mount_root = options.local_folder;
  require_path(config, options.mode);
  out.container_folder = text_member(config, "workspaceFolder");
  out.mount = given_text(config, "workspaceMount");
  if (member(config, "dockerComposeFile") != nullptr) {
    if (out.container_folder.empty()) out.container_folder = "/";
    return out;
  }
  if (options.own_place) {
    out.container_folder = options.local_folder;
    return out;
  }
  const bool complete = !out.container_folder.empty() && out.mount;
  if (options.local_folder.empty() || complete) return out;

  if (options.mount_git_root) {
    out.mount_root = host.git_root(options.local_folder).value_or(options.local_folder);
  }
  const Targets target = targets(out.mount_root, options, host);
  out.additional_mount = target.additional_mount;
  if (out.container_folder.empty()) {
    const auto below = posix_path::relative(out.mount_root, options.local_folder);
    out.container_folder = posix_path::resolve(target.folder, below);
  }
  if (!out.mount) {
    out.mount = bind_mount(out.mount_root, target.folder, options.mode);
    if (!options.consistency.empty()) *out.mount += ",consistency=" + options.consistency;
  }
  return out;
}

WorkspaceHost local_workspace_host(Mode mode) {
  return {[mode](const std::string& folder) { return git_root(folder, mode); },
          [](const std::string& file) -> std::optional<std::string> {
            try {
              return read_file_if_there(file, 64 << 10U);
            } catch (const Error&) {
              return std::nullopt;  // a folder, as in every main work tree, or unreadable
            }
          }};
}

}  // namespace fairlead
