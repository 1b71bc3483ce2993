#include "engine/group.hpp"

#include "base/nearest.hpp"
#include "base/sha256.hpp"
#include "engine/deadlines.hpp"
#include "engine/find.hpp"
#include "engine/group_files.hpp"
#include "engine/remote_folder.hpp"
#include "engine/synced_folder.hpp"
#include "spec/identity.hpp"

#include <algorithm>

namespace fairlead {
namespace {

/// Where state of ours is kept on the host of the folder.
std::string state_folder_of(const RemoteFolder& remote) {
  const auto& environment = remote.environment();
  const auto state = environment.find("XDG_STATE_HOME");
  if (state != environment.end() && state->second.starts_with('/'))
    return state->second + "/fairlead";
  const auto home = environment.find("HOME");
  return (home == environment.end() ? "" : home->second) + "/.local/state/fairlead";
}

/// Files that instances refer to are where these are; what was found out stays here.
Group in_folders(const Core& core, const Workspace& workspace, Group group) {
  const auto& id = workspace.identity.devcontainer_id;
  const auto* remote = workspace.remote.get();
  const auto* synced = workspace.synced.get();
  const auto state = remote != nullptr   ? state_folder_of(*remote)
                     : synced != nullptr ? synced->home + "/.local/state/fairlead"
                                         : core.state_folder();
  group.state_folder = state + "/groups/" + (id.empty() ? group.service : id);
  group.cache_folder = core.cache_folder() + "/groups";
  if (remote == nullptr && synced == nullptr) return group;
  group.cache_folder += '/' + sha256_hex(remote != nullptr ? remote->place().host : synced->host);
  for (auto& file : group.files) {
    file = remote != nullptr ? remote->there(file) : synced->path_there(file);
  }
  if (synced != nullptr) group.folder = synced->path_there(group.folder);
  return group;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Error no_such_service(const Workspace& workspace, const std::string& message,
                      const std::string& wanted, const std::vector<std::string>& names) {
  const auto near = did_you_mean(wanted, names);
  return Error(Status::not_found, "group.service", message,
               (near.empty() ? "" : near + ' ') + "Services: " + list_of(names) + '.')
      .at({.file = workspace.document->config_file});
}

void require_service(const Core& core, const Workspace& workspace, const ServiceGroup& services) {
  const auto& names = services.resolved.services;
  const auto& wanted = services.group.service;
  if (std::ranges::find(names, wanted) != names.end()) return;
  // The reference prints what JavaScript has for a property that is not there.
  const bool nothing = wanted.empty() && core.mode() == Mode::drop_in;
  const auto message = "Service '" + (nothing ? "undefined" : wanted) +
                       "' configured in devcontainer.json not found in Docker Compose "
                       "configuration.";
  throw OperationError(no_such_service(workspace, message, wanted, names), message);
}

ResolveGroupReply ask(Backend& backend, const Group& group, const std::stop_token& stop) {
  try {
    return backend.resolve({.group = group}, question(stop));
  } catch (const Error& error) {
    if (error.code() != "group.files" && error.code() != "group.output") throw;
    throw OperationError(error, "An error occurred retrieving the Docker Compose configuration.");
  }
}

/// A service that was brought up for another folder, or for the folder of another machine. Several
/// configurations of one folder may share a group.
bool is_of_another_folder(const InstanceInfo& member, const Workspace& workspace) {
  const auto label = member.labels.find("devcontainer.local_folder");
  if (label == member.labels.end()) return false;
  if (label->second != workspace.document->workspace.local_folder) return true;
  const auto machine = member.labels.find(machine_label);
  const auto& ours = workspace.identity.id_labels;
  return machine != member.labels.end() &&
         std::ranges::find(ours, std::pair(machine->first, machine->second)) == ours.end();
}

/// Equal folder names of two users on one engine lead to equal names of their groups.
bool belongs_to_another(const Workspace& workspace, const std::vector<std::string>& group_labels,
                        Backend& backend, const std::stop_token& stop) {
  const auto members = backend.list({.labels = group_labels}, question(stop)).instances;
  return std::ranges::any_of(
      members, [&](const auto& member) { return is_of_another_folder(member, workspace); });
}

}  // namespace

std::optional<Group> group_of(const Core& core, const Workspace& workspace) {
  if (!workspace.document || workspace.config.scenario != Scenario::compose) return {};
  const auto& config = workspace.config.compose;
  return in_folders(core, workspace,
                    {.files = config.files,
                     .folder = workspace.document->workspace.local_folder,
                     .service = config.service,
                     .run_services = config.run_services});
}

std::optional<Group> group_of(const Core& core, const Workspace& workspace,
                              const InstanceInfo& instance) {
  if (auto group = group_of(core, workspace)) return group;
  if (instance.group.empty()) return {};
  return in_folders(core, workspace, {.service = instance.service});
}

ServiceGroup resolve_group(Core& core, const Workspace& workspace, Backend& backend,
                           std::stop_token stop) {
  require_group_files(workspace);
  ServiceGroup services{.group = *group_of(core, workspace), .resolved = {}};
  services.resolved = ask(backend, services.group, stop);
  require_service(core, workspace, services);
  if (core.mode() == Mode::drop_in) return services;
  if (belongs_to_another(workspace, services.resolved.group_labels, backend, stop)) {
    const auto& id = workspace.identity.devcontainer_id;
    services.group.project = services.resolved.project + '-' + id.substr(id.size() - 8);
    services.resolved = ask(backend, services.group, stop);
  }
  return services;
}

void require_run_services(const Workspace& workspace, const ServiceGroup& services) {
  const auto& names = services.resolved.services;
  for (const auto& name : services.group.run_services) {
    if (std::ranges::find(names, name) != names.end()) continue;
    throw OperationError(
        no_such_service(
            workspace,
            "Service '" + name + "' of runServices not found in Docker Compose configuration.",
            name, names),
        "An error occurred building the Docker Compose images.");
  }
}

std::shared_ptr<Backend> group_backend(Core& core, const Settings& settings,
                                       const std::shared_ptr<Backend>& found,
                                       const InstanceInfo& instance) {
  if (instance.group.empty()) return found;
  for (const auto& [manifest, refusal] : core.plugins(settings).entries()) {
    if (!refusal.empty() || !runs(manifest, Scenario::compose) || manifest.backends.empty())
      continue;
    if (std::ranges::find(manifest.backends, found->name()) != manifest.backends.end())
      return found;
    // Only one that works on the same engine knows the instance.
    if (std::ranges::find(manifest.engines, found->name()) != manifest.engines.end())
      return backend_on(core, manifest.backends.front(), found->name(), settings);
  }
  return found;
}

}  // namespace fairlead
