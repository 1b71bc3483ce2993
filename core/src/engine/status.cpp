#include "engine/change.hpp"
#include "engine/environment_info.hpp"
#include "engine/find.hpp"
#include "engine/newer_base.hpp"
#include "engine/remote_folder.hpp"

namespace fairlead {
namespace {

/// The workspace, and in `result` what is to be said of its configuration.
Workspace open(Core& core, const Selection& selection, StatusResult& result,
               const std::stop_token& stop) {
  try {
    auto workspace = open_workspace_if_any(core, selection, stop);
    if (workspace.document) result.config_file = workspace.document->config_file;
    if (const auto* remote = workspace.remote.get())
      result.config_file = remote->place().host + remote->there(result.config_file);
    return workspace;
  } catch (const Error& error) {
    if (!error.code().starts_with("config.")) throw;
    result.config_fault = error.message();
    result.config_file = error.where().file;
  }
  return open_workspace_if_readable(core, selection, stop);
}

}  // namespace

StatusResult status(Core& core, const Selection& selection, std::stop_token stop) {
  StatusResult result;
  const auto workspace = open(core, selection, result, stop);
  auto found = find_environment(core, workspace, selection, stop);
  result.backend = found.backend->name();
  result.silent = std::move(found.silent);
  if (!found.instance) return result;
  result.environment = environment_info(core, *found.backend, *found.instance);
  auto difference = configuration_change(workspace, *found.instance);
  result.newer_configuration = difference.any();
  result.changed = std::move(difference.properties);
  result.newer_base = newer_base(core, *found.backend, workspace, stop);
  return result;
}

}  // namespace fairlead
