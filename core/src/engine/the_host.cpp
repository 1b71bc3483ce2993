#include "engine/the_host.hpp"

namespace fairlead {

bool is_the_host(Core& core, const Settings& settings) {
  const auto& name = settings.text("backend");
  if (name == "auto") return false;  // never chosen by itself
  const auto* manifest = core.plugins(settings).find_backend(name);
  return manifest != nullptr && manifest->is_the_host;
}

bool is_the_host(const InstanceInfo& instance) {
  const auto kind = instance.labels.find(environment_kind_key);
  return kind != instance.labels.end() && kind->second == "host";
}

bool may_be_there(const PluginManifest& manifest, const Settings& settings) {
  return !manifest.is_the_host || settings.text("host") != "local";
}

void require_folder_there(Core& core, const Workspace& workspace, const std::string& backend) {
  if (workspace.remote || workspace.synced || !is_the_host(core, workspace.settings)) return;
  throw Error(Status::unsupported, "host.folder",
              "The backend '" + backend + "' needs a folder that is on the host: this one is here.",
              "Write the workspace as ssh://user@host/folder.");
}

std::string wish_of_host(Core& core, const Workspace& workspace) {
  if (!is_the_host(core, workspace.settings)) return {};
  return "run its commands on " + workspace.settings.text("host") +
         " itself and install its features there, outside of any container";
}

std::string marker_folder(const InstanceInfo& instance, const std::string& configured) {
  if (!configured.empty() || !is_the_host(instance)) return configured;
  return ".local/state/fairlead/markers/" + instance.name;
}

}  // namespace fairlead
