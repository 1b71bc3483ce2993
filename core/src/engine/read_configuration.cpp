#include "engine/capabilities.hpp"
#include "engine/deadlines.hpp"
#include "engine/image.hpp"
#include "engine/session.hpp"
#include "spec/workspace.hpp"

#include <fairlead/overlay.hpp>

namespace fairlead {
namespace {

/// The container, if an engine answers and has one: reading needs neither.
std::optional<Found> find_quietly(Core& core, const Workspace& workspace,
                                  const Selection& selection, std::stop_token stop) {
  try {
    return find_environment(core, workspace, selection, std::move(stop));
  } catch (const Error& error) {
    const auto status = error.status();
    if (status != Status::unavailable && status != Status::denied && status != Status::timeout &&
        status != Status::unsupported && status != Status::not_found) {
      throw;
    }
    core.log().text(LogLevel::debug, error.text());
    return {};
  }
}

/// The reference reads on without an image where the Dockerfile names none.
std::vector<MetadataEntry> entries_to_read(Core& core, const Workspace& workspace,
                                           const ReadConfigurationRequest& request,
                                           const Found& found, const std::stop_token& stop) {
  try {
    std::optional<ServiceGroup> group;
    if (group_of(core, workspace)) group = resolve_group(core, workspace, *found.backend, stop);
    return metadata_entries(core, workspace, {.additional_features = request.additional_features},
                            found.backend, found.backend->probe({}, question(stop)), stop,
                            group ? &*group : nullptr);
  } catch (const Error& error) {
    const bool no_image =
        error.code() == "dockerfile.no_from" || error.code() == "dockerfile.target";
    if (!no_image || core.mode() == Mode::fairlead) throw;
    return own_metadata_entries(*workspace.document);
  }
}

std::string merged_json(Core& core, const Workspace& workspace,
                        const ReadConfigurationRequest& request, const std::optional<Found>& found,
                        const std::optional<InstanceInfo>& instance, std::stop_token stop) {
  if (instance) return merged_configuration_json(merged_for_instance(core, workspace, *instance));
  if (!workspace.document) {
    if (core.mode() == Mode::fairlead) return {};
    // The reference fails here as well, without a word.
    throw Error(Status::not_found, "environment.not_found",
                "There is neither a dev container nor a configuration to merge.",
                "Name the folder with --workspace-folder.");
  }
  require_source(*workspace.document, workspace.config);
  if (!found) {
    throw Error(Status::unavailable, "backend.none",
                "The merged configuration needs the image's metadata, and no backend answers.",
                "Leave out --include-merged-configuration, or start an engine.");
  }
  const auto entries = entries_to_read(core, workspace, request, *found, stop);
  return merged_configuration_json(merge(*workspace.document, entries, faulty_values(core.mode())));
}

}  // namespace

ReadConfigurationResult read_configuration(Core& core, const ReadConfigurationRequest& request,
                                           std::stop_token stop) {
  auto workspace = open_workspace(core, request.selection, stop);
  auto found = find_quietly(core, workspace, request.selection, stop);
  if (!request.selection.container_id.empty() && (!found || !found->instance)) {
    throw Error(Status::not_found, "environment.not_found", "Dev container not found.");
  }
  std::optional<InstanceInfo> instance;
  if (found && found->instance) {
    instance = found->instance->detailed
                   ? *found->instance
                   : found->backend->inspect({.id = found->instance->id}, question(stop));
    if (workspace.document) {
      workspace.document =
          substitute_container_env(substitute_devcontainer_id(std::move(*workspace.document),
                                                              workspace.identity.devcontainer_id),
                                   container_environment(*instance));
    }
  }
  ReadConfigurationResult result;
  result.configuration = workspace.document ? configuration_json(*workspace.document) : "{}";
  if (workspace.document) result.workspace = workspace_json(*workspace.document);
  if (request.include_merged) {
    result.merged = merged_json(core, workspace, request, found, instance, stop);
  }
  return result;
}

}  // namespace fairlead
