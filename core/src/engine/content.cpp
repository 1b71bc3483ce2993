#include "engine/content.hpp"

#include "base/pipe.hpp"
#include "engine/run.hpp"
#include "spec/mount.hpp"

#include <algorithm>
#include <future>

namespace fairlead {
namespace {

constexpr std::string_view marker = ".fairlead-content";

std::string content_volume(const Workspace& workspace) {
  return "workspace-" + workspace.identity.devcontainer_id;
}

/// Tars the workspace on this machine straight into the call's descriptor.
void stream_content(const std::string& folder, Backend& backend, const CopyInRequest& target,
                    const std::stop_token& stop) {
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
  backend.copy_in(request, std::move(copy_options));
  if (const int status = archived.get(); status != 0) {
    throw Error(Status::failed, "content.archive",
                "Reading the workspace " + folder + " failed: tar ended with " +
                    std::to_string(status) + '.');
  }
}

int run_shell(Backend& backend, const std::string& instance, const std::string& script,
              const std::string& argument, const std::stop_token& stop) {
  return run_captured(backend,
                      {.instance = instance, .argv = {"/bin/sh", "-c", script, "sh", argument}},
                      stop)
      .exit_code;
}

}  // namespace

Mount workspace_mount(const Workspace& workspace, const Capabilities& capabilities) {
  auto mount = parse_mount(*workspace.document->workspace.mount);
  if (mount.type != MountType::bind || capabilities.live_binds) return mount;
  return {.type = MountType::volume, .source = content_volume(workspace), .target = mount.target};
}

void copy_content(Core& core, const Workspace& workspace, Backend& backend,
                  const InstanceInfo& instance, std::stop_token stop) {
  const auto volume = std::ranges::find(instance.mounts, content_volume(workspace), &Mount::source);
  if (volume == instance.mounts.end()) return;
  const auto complete = volume->target + '/' + std::string(marker);
  if (run_shell(backend, instance.id, "test -e \"$1\"", complete, stop) == 0) return;
  const LogStep step(core.log(), "Copying the workspace");
  stream_content(workspace.document->workspace.mount_root, backend,
                 {.id = instance.id, .path = volume->target}, stop);
  run_shell(backend, instance.id, ": > \"$1\"", complete, stop);
}

}  // namespace fairlead
