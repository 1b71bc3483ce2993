#include "engine/deadlines.hpp"
#include "engine/environment_info.hpp"
#include "engine/find.hpp"
#include "engine/rest.hpp"
#include "engine/workspace_lock.hpp"

#include <filesystem>
#include <system_error>

namespace fairlead {
namespace {

/// A container that is known by its id alone belongs to no workspace of ours.
std::optional<FileLock> lock_if_known(const Core& core, const Workspace& workspace,
                                      std::string_view purpose, const std::stop_token& stop) {
  if (workspace.identity.devcontainer_id.empty()) return {};
  return lock_workspace(core, workspace.identity, purpose, stop);
}

}  // namespace
Settings workspace_settings(Core& core, const Selection& selection) {
  try {
    return open_workspace_if_readable(core, selection).settings;
  } catch (const Error& error) {
    // Several configurations and none chosen: their settings are nobody's yet.
    if (error.code() == "config.several") return core.settings(selection.workspace_folder, nullptr);
    if (error.code() != "config.not_found") throw;
    return open_workspace_if_any(core, selection).settings;
  }
}

EnvironmentInfo stop(Core& core, const Selection& selection, int timeout_seconds,
                     std::stop_token stop) {
  const auto workspace = open_workspace_if_readable(core, selection, stop);
  const auto lock = lock_if_known(core, workspace, "stop", stop);
  const auto found = require_environment(core, workspace, selection, stop);
  auto info = environment_info(core, *found.backend, *found.instance);
  cancel_rest(core, environment_key(info.backend, info.instance), /*forget=*/false);
  const LogStep step(core.log(), "Stopping container " + info.instance.name);
  const auto backend = group_backend(core, workspace.settings, found.backend, info.instance);
  backend->stop({.id = info.instance.id,
                 .timeout_seconds = timeout_seconds,
                 .group = group_of(core, workspace, info.instance)},
                change(stop));
  info.instance.state = InstanceState::stopped;
  return info;
}

std::string lifecycle_log(Core& core, const Selection& selection) {
  const auto workspace = open_workspace_if_readable(core, selection);
  const auto found = require_environment(core, workspace, selection, {});
  auto path = rest_log_path(core, environment_key(found.backend->name(), *found.instance));
  std::error_code ignored;
  return std::filesystem::exists(path, ignored) ? path : std::string();
}

void logs(Core& core, LogsOptions options, std::stop_token stop) {
  const auto workspace = open_workspace_if_readable(core, options.selection, stop);
  const auto found = require_environment(core, workspace, options.selection, stop);
  LogsRequest request{.id = found.instance->id,
                      .follow = options.follow,
                      .timestamps = options.timestamps,
                      .tail = options.tail,
                      .since = options.since};
  CallOptions call{.stop = std::move(stop)};
  request.out = call.pass(std::move(options.out));
  request.err = call.pass(std::move(options.err));
  try {
    found.backend->logs(request, std::move(call));
  } catch (const Error& error) {
    // Without a process of its own there is nothing that it could have said.
    if (error.status() != Status::unsupported) throw;
  }
}

}  // namespace fairlead
