#include "spec/locate.hpp"
#include "spec/mount.hpp"
#include "spec/posix_path.hpp"

#include <set>
#include <string_view>

namespace fairlead {
namespace {

constexpr std::string_view container_root = "/workspaces";

bool is_below(std::string_view folder, std::string_view path) {
  return path.substr(0, folder.size()) == folder &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

/// Where a root goes that the workspace's mount does not cover: as far from it as on the host, so
/// that relative paths between them hold, or by its name where that would leave /workspaces.
std::string target_of(const std::string& mount_root, const std::string& mount_target,
                      const std::string& root) {
  std::string beside = posix_path::resolve(mount_target, posix_path::relative(mount_root, root));
  const bool good = is_below(container_root, beside) && beside != container_root &&
                    !is_below(beside, mount_target);
  return good ? beside : posix_path::resolve(container_root, posix_path::basename(root));
}

std::string bind_mount(const std::string& source, const std::string& target) {
  return "type=bind," + csv_field("source=" + source) + ',' + csv_field("target=" + target);
}

}  // namespace

std::vector<std::string> root_mounts(const ReadOptions& options, const WorkspacePaths& paths) {
  std::vector<std::string> out;
  if (options.mode == Mode::drop_in || options.workspace_folder.empty() || !paths.mount ||
      paths.mount->empty()) {
    return out;
  }
  const std::string file = absolute_path(options, options.workspace_folder);
  if (!is_workspace_file(file)) return out;
  const std::string mount_target = parse_mount(*paths.mount).target;
  std::set<std::string> taken{mount_target};
  for (const auto& root : read_workspace_file(file).roots) {
    if (is_below(paths.mount_root, root)) continue;
    const std::string wanted = target_of(paths.mount_root, mount_target, root);
    std::string target = wanted;
    for (int n = 2; !taken.insert(target).second; ++n) target = wanted + '-' + std::to_string(n);
    out.push_back(bind_mount(root, target));
  }
  return out;
}

}  // namespace fairlead
