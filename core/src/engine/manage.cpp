#include "engine/deadlines.hpp"
#include "engine/enter_cache.hpp"
#include "engine/find.hpp"
#include "engine/rest.hpp"

#include <filesystem>
#include <system_error>

namespace fairlead {
namespace {

constexpr const char* folder_label = "devcontainer.local_folder";
constexpr const char* config_label = "devcontainer.config_file";

std::string label_of(const InstanceInfo& instance, const char* key) {
  const auto found = instance.labels.find(key);
  return found == instance.labels.end() ? std::string{} : found->second;
}

EnvironmentInfo describe(const Backend& backend, const InstanceInfo& instance) {
  return {.backend = backend.name(),
          .instance = instance,
          .local_folder = label_of(instance, folder_label),
          .config_file = label_of(instance, config_label)};
}

}  // namespace

Settings workspace_settings(Core& core, const Selection& selection) {
  try {
    return open_workspace_if_readable(core, selection).settings;
  } catch (const Error& error) {
    if (error.code() != "config.not_found") throw;
    return open_workspace_if_any(core, selection).settings;
  }
}

ListResult list(Core& core, bool all, std::stop_token stop) {
  const auto settings = core.settings(core.options().working_directory, nullptr);
  ListResult result;
  for (const auto& name : backend_candidates(core, settings, Scenario::none)) {
    try {
      const auto backend = core.backend(name, settings);
      const auto instances =
          backend->list({.labels = {folder_label}, .all = all}, question(stop)).instances;
      for (const auto& instance : instances) {
        result.environments.push_back(describe(*backend, instance));
      }
    } catch (const Error& error) {
      if (error.status() == Status::cancelled || settings.text("backend") != "auto") throw;
      result.silent.push_back({.name = name, .reason = error.message()});
    }
  }
  return result;
}

StatusResult status(Core& core, const Selection& selection, std::stop_token stop) {
  const auto workspace = open_workspace_if_any(core, selection);
  StatusResult result;
  if (workspace.document) result.config_file = workspace.document->config_file;
  const auto found = find_environment(core, workspace, selection, std::move(stop));
  result.backend = found.backend->name();
  if (found.instance) result.environment = describe(*found.backend, *found.instance);
  return result;
}

EnvironmentInfo stop(Core& core, const Selection& selection, int timeout_seconds,
                     std::stop_token stop) {
  const auto workspace = open_workspace_if_readable(core, selection);
  const auto found = require_environment(core, workspace, selection, stop);
  auto info = describe(*found.backend, *found.instance);
  cancel_rest(core, environment_key(info.backend, info.instance), /*forget=*/false);
  const LogStep step(core.log(), "Stopping container " + info.instance.name);
  found.backend->stop({.id = info.instance.id, .timeout_seconds = timeout_seconds}, change(stop));
  info.instance.state = InstanceState::stopped;
  return info;
}

std::optional<EnvironmentInfo> down(Core& core, const Selection& selection, bool volumes,
                                    std::stop_token stop) {
  const auto workspace = open_workspace_if_readable(core, selection);
  const auto found = find_environment(core, workspace, selection, stop);
  if (!found.instance) return {};
  auto info = describe(*found.backend, *found.instance);
  cancel_rest(core, environment_key(info.backend, info.instance), /*forget=*/true);
  const LogStep step(core.log(), "Removing container " + info.instance.name);
  found.backend->remove({.id = info.instance.id, .force = true, .volumes = volumes}, change(stop));
  forget_environment(core, found.backend->name(), info.instance.id);
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
  const auto workspace = open_workspace_if_readable(core, options.selection);
  const auto found = require_environment(core, workspace, options.selection, stop);
  LogsRequest request{.id = found.instance->id,
                      .follow = options.follow,
                      .timestamps = options.timestamps,
                      .tail = options.tail,
                      .since = options.since};
  CallOptions call{.stop = std::move(stop)};
  request.out = call.pass(std::move(options.out));
  request.err = call.pass(std::move(options.err));
  found.backend->logs(request, std::move(call));
}

}  // namespace fairlead
