#include "engine/deadlines.hpp"
#include "engine/environment_info.hpp"
#include "engine/session.hpp"

#include <fairlead/manage.hpp>

namespace fairlead {

InspectResult inspect(Core& core, const Selection& selection, std::stop_token stop) {
  const auto workspace = with_devcontainer_id(open_workspace(core, selection, stop));
  const auto found = require_environment(core, workspace, selection, stop);
  const auto instance = found.backend->inspect({.id = found.instance->id}, question(stop));
  const auto merged = merged_for_instance(core, workspace, instance);
  InspectResult result{.environment = environment_info(core, *found.backend, instance),
                       .remote_user = remote_user_of(merged, instance),
                       .remote_workspace_folder = {},
                       .configuration = "{}",
                       .merged_configuration = merged_configuration_json(merged)};
  if (!workspace.document) return result;
  const auto document =
      substitute_container_env(*workspace.document, container_environment(instance));
  result.remote_workspace_folder = document.workspace.container_folder;
  result.configuration = configuration_json(document);
  return result;
}

}  // namespace fairlead
