#include "engine/content.hpp"

#include "base/pipe.hpp"
#include "engine/clone.hpp"
#include "engine/enter.hpp"
#include "engine/file_transfer.hpp"
#include "engine/run.hpp"
#include "engine/session.hpp"
#include "engine/staging.hpp"
#include "spec/mount.hpp"

#include <algorithm>
#include <future>

namespace fairlead {
namespace {

constexpr std::string_view marker = ".fairlead-content";
/// On an instance that has the content in its own filesystem: where.
constexpr const char* folder_key = "dev.fairlead.content-folder";

std::string content_volume(const Workspace& workspace) {
  return "workspace-" + workspace.identity.devcontainer_id;
}

/// Where the content of this instance has to be; empty: it is bound, or somewhere else already.
std::string place_in(const Workspace& workspace, const InstanceInfo& instance) {
  const auto volume = std::ranges::find(instance.mounts, content_volume(workspace), &Mount::source);
  if (volume != instance.mounts.end()) return volume->target;
  const auto folder = instance.labels.find(folder_key);
  return folder == instance.labels.end() ? std::string() : folder->second;
}

/// Tars a folder of this machine straight into the call's descriptor.
void stream_content(const Core& core, const std::string& folder, Backend& backend,
                    const CopyInRequest& target, const std::stop_token& stop) {
  auto pipe = make_pipe();
  CallOptions tar_options{.stop = stop};
  SpawnRequest tar{.argv = {"tar", "-C", folder, "-cf", "-", "."}};
  tar.out = tar_options.pass(std::move(pipe.write_end));
  auto archived = std::async(std::launch::async, [&] {
    return local_host()->spawn(tar, std::move(tar_options)).exit_code;
  });
  CallOptions copy_options{.stop = stop};
  auto request = target;
  request.archive = copy_options.pass(std::move(pipe.read_end));
  copy_in_any_way(core, backend, request, std::move(copy_options));
  if (const int status = archived.get(); status != 0) {
    throw Error(Status::failed, "content.archive",
                "Reading the workspace " + folder + " failed: tar ended with " +
                    std::to_string(status) + '.');
  }
}

int run_shell(Backend& backend, const std::string& instance, const std::string& script,
              const std::vector<std::string>& arguments, const std::stop_token& stop) {
  RunSpec spec{.instance = instance, .argv = {"/bin/sh", "-c", script, "sh"}};
  spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
  spec.user = "0";
  spec.working_directory = "/";
  try {
    return run_captured(backend, spec, stop).exit_code;
  } catch (const Error& error) {
    if (error.status() != Status::unsupported) throw;
    spec.user.clear();  // a backend that has one user only
    return run_captured(backend, spec, stop).exit_code;
  }
}

/// Written last. What is copied belongs to whoever it belongs to here; the remote user works on it.
constexpr const char* finish_script = R"sh(
if [ "$2" != root ]; then
  owner=$2
  group=$(id -g "$2" 2>/dev/null) && owner=$2:$group
  chown -R "$owner" "$1" || exit
fi
: >"$1/$3" || exit
# Git need not see it.
[ ! -d "$1/.git/info" ] || echo "/$3" >>"$1/.git/info/exclude")sh";

/// What is committed alone where the setting says so, else the folder as it is.
void copy_to(Core& core, const Workspace& workspace, Backend& backend, const CopyInRequest& target,
             const std::stop_token& stop) {
  const auto& root = workspace.document->workspace.mount_root;
  const bool cloned_already = !clone_source(core, root).empty();
  if (workspace.settings.text("content") != "clone" || cloned_already) {
    return stream_content(core, root, backend, target, stop);
  }
  const StagingFolder staging(core, workspace.identity.devcontainer_id);
  const auto clone = (staging.path() / "content").string();
  clone_committed(core, root, clone, stop);
  stream_content(core, clone, backend, target, stop);
}

}  // namespace

bool binds_content(const Settings& settings, const Capabilities& capabilities) {
  const auto& wanted = settings.text("content");
  return wanted == "bind" || ((wanted == "auto" || wanted == "sync") && capabilities.live_binds);
}

void add_workspace(const Workspace& workspace, const Capabilities& capabilities,
                   CreateRequest& create) {
  auto mount = parse_mount(*workspace.document->workspace.mount);
  std::erase_if(create.mounts, [&](const Mount& m) { return m.target == mount.target; });
  const bool copied =
      mount.type == MountType::bind && !binds_content(workspace.settings, capabilities);
  if (copied && workspace.remote) {
    throw Error(Status::unsupported, "content.remote",
                "The workspace is on another machine and can only be mounted, not copied.",
                "Leave out --content and the setting `content`, or choose a backend that mounts "
                "folders.");
  }
  if (!copied) {
    create.mounts.push_back(std::move(mount));
  } else if (capabilities.named_volumes) {
    create.mounts.push_back(
        {.type = MountType::volume, .source = content_volume(workspace), .target = mount.target});
  } else {
    create.labels[folder_key] = mount.target;
  }
}

void copy_content(Core& core, const Workspace& workspace, Backend& backend,
                  const InstanceInfo& instance, std::stop_token stop) {
  const auto place = place_in(workspace, instance);
  if (place.empty()) return;
  const auto script = "test -e \"$1/$2\"";
  const std::string name(marker);
  if (run_shell(backend, instance.id, script, {place, name}, stop) == 0) return;
  const LogStep step(core.log(), "Copying the workspace");
  run_shell(backend, instance.id, "mkdir -p \"$1\"", {place}, stop);
  copy_to(core, workspace, backend, {.id = instance.id, .path = place}, stop);
  const auto user = remote_user_of(merged_for_instance(core, workspace, instance), instance);
  if (run_shell(backend, instance.id, finish_script, {place, user, name}, stop) != 0) {
    throw Error(
        Status::failed, "content.owner",
        "The workspace in the container cannot be given to " + user + '.',
        "Check that the user is in the image's /etc/passwd and that " + place + " can be written.");
  }
}

}  // namespace fairlead
