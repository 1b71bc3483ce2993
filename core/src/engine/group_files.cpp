#include "engine/group_files.hpp"

#include "engine/sync_folder.hpp"
#include "engine/synced_folder.hpp"

#include <fairlead/error.hpp>

namespace fairlead {

void require_group_files(const Workspace& workspace) {
  if (workspace.remote || workspace.settings.text("host") == "local") return;
  const auto& host = workspace.settings.text("host");
  const auto hint = "Write the workspace as " + host +
                    "/folder, where its files are on that host, or let the folder be synchronised "
                    "(content = \"auto\").";
  const auto refuse = [&](const std::string& message) {
    throw Error(Status::unsupported, "host.compose", message, hint)
        .at({.file = workspace.document->config_file});
  };
  if (!workspace.synced) {
    refuse("The files of the group of services are here, but its host is " + host + ".");
  }
  for (const auto& file : workspace.config.compose.files) {
    if (workspace.synced->path_there(file) != file) continue;
    refuse(file + " of the group of services is outside of " + workspace.synced->here +
           ", which is what goes to " + host + ".");
  }
}

void bring_group_files(Core& core, const Workspace& workspace, const std::stop_token& stop) {
  require_group_files(workspace);
  bring_folder_there(core, workspace, stop, true);
}

}  // namespace fairlead
