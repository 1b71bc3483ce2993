#include "engine/call_log.hpp"
#include "engine/deadlines.hpp"
#include "engine/enter_cache.hpp"
#include "engine/environment_info.hpp"
#include "engine/find.hpp"
#include "engine/image_there.hpp"
#include "engine/rest.hpp"
#include "engine/stored_objects.hpp"
#include "engine/workspace_lock.hpp"

#include <algorithm>

namespace fairlead {
namespace {

std::vector<std::string> named_volumes(const InstanceInfo& instance) {
  std::vector<std::string> names;
  for (const auto& mount : instance.mounts) {
    const bool named = mount.type == MountType::volume && !mount.source.empty();
    if (named && !is_anonymous(mount.source)) names.push_back(mount.source);
  }
  return names;
}

/// The names that builds for this workspace use, ours and the reference's alike.
std::vector<std::string> image_names(const Workspace& workspace, const DownResult& result) {
  std::vector<std::string> names;
  if (const auto& name = workspace.identity.folder_image_name; !name.empty()) {
    for (const char* suffix : {"-features-uid", "-uid", "-features", "-base", ""})
      names.push_back(name + suffix);
  }
  if (result.environment) {
    const auto& image = result.environment->instance.image;
    const bool built = image.starts_with("vsc-");
    if (built && std::ranges::find(names, image) == names.end()) names.insert(names.begin(), image);
  }
  return names;
}

/// With the group that it belongs to goes what no other workspace's container needs. CMP-020.
void remove_container(Core& core, Backend& backend, const InstanceInfo& instance, bool volumes,
                      const std::optional<Group>& group, const std::stop_token& stop) {
  const LogStep step(core.log(), "Removing container " + instance.name);
  auto options = logged_call(core, stop, LogLevel::debug);
  options.timeout = change_limit;
  backend.remove({.id = instance.id, .force = true, .volumes = volumes, .group = group},
                 std::move(options));
  forget_environment(core, backend.name(), instance.id);
}

/// The names of the volumes that are a group's own: those that others made carry its marks not.
std::vector<std::string> group_volumes(Backend& backend, const InstanceInfo& instance,
                                       const std::stop_token& stop) {
  std::vector<std::string> names;
  const auto prefix = instance.group + '_';
  for (const auto& volume : backend.objects({.kind = ObjectKind::volume}, question(stop)).objects) {
    if (volume.id.starts_with(prefix)) names.push_back(volume.id);
  }
  return names;
}

/// Those that are not there any more.
std::vector<std::string> gone(std::vector<std::string> names,
                              const std::vector<std::string>& left) {
  std::erase_if(names,
                [&](const auto& name) { return std::ranges::find(left, name) != left.end(); });
  return names;
}

struct Removal {
  std::vector<std::string> volumes;  ///< still to be removed
  std::vector<std::string> gone;     ///< went with the group
};

Removal remove_environment(Core& core, const Workspace& workspace, const Found& found, bool volumes,
                           const std::stop_token& stop) {
  const auto& instance = *found.instance;
  const auto backend = group_backend(core, workspace.settings, found.backend, instance);
  const auto group = instance.group.empty() ? std::nullopt : group_of(core, workspace, instance);
  Removal removal;
  if (volumes && !group)
    removal.volumes = named_volumes(backend->inspect({.id = instance.id}, question(stop)));
  const auto before =
      volumes && group ? group_volumes(*backend, instance, stop) : std::vector<std::string>{};
  remove_container(core, *backend, instance, volumes, group, stop);
  if (!before.empty()) removal.gone = gone(before, group_volumes(*backend, instance, stop));
  return removal;
}

}  // namespace

DownResult down(Core& core, const Selection& selection, const DownOptions& options,
                std::stop_token stop) {
  const auto workspace = open_workspace_if_readable(core, selection, stop);
  std::optional<FileLock> lock;
  if (!workspace.identity.devcontainer_id.empty()) {
    lock = lock_workspace(core, workspace.identity, "down", stop);
  }
  const auto found = find_environment(core, workspace, selection, stop);
  if (may_be_elsewhere(core, found)) throw missing_environment(core, found);
  DownResult result;
  std::vector<std::string> volumes;
  if (found.instance) {
    result.environment = environment_info(core, *found.backend, *found.instance);
    cancel_rest(core, environment_key(found.backend->name(), *found.instance), /*forget=*/true);
    auto removal = remove_environment(core, workspace, found, options.volumes, stop);
    volumes = std::move(removal.volumes);
    result.volumes = std::move(removal.gone);
  }
  for (const auto& name : volumes) {
    if (remove_object(core, *found.backend, {.kind = ObjectKind::volume, .id = name}, stop))
      result.volumes.push_back(name);
  }
  if (!options.images) return result;
  for (const auto& name : image_names(workspace, result)) {
    if (!image_if_there(*found.backend, name, stop)) continue;
    if (remove_object(core, *found.backend, {.kind = ObjectKind::image, .id = name}, stop))
      result.images.push_back(name);
  }
  return result;
}

}  // namespace fairlead
