#include "commands/commands.hpp"
#include "commands/environment_view.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "json_text.hpp"

#include <fairlead/manage.hpp>

namespace fairlead::cli {
namespace {

std::string mount_type(MountType type) {
  if (type == MountType::tmpfs) return "tmpfs";
  return type == MountType::bind ? "bind" : "volume";
}

std::string mounts_json(const std::vector<Mount>& mounts) {
  std::string json;
  for (const auto& mount : mounts) {
    json += (json.empty() ? "" : ",") + std::string(R"({"type":)") +
            json_string(mount_type(mount.type)) + R"(,"source":)" + json_string(mount.source) +
            R"(,"target":)" + json_string(mount.target) + R"(,"readOnly":)" +
            (mount.read_only ? "true" : "false") + '}';
  }
  return '[' + json + ']';
}

/// Without the container's environment: that may carry secrets, and inspections are passed around.
std::string inspect_json(const InspectResult& result) {
  const auto& instance = result.environment.instance;
  std::string json = environment_json(result.environment);
  json.pop_back();
  json += R"(,"imageId":)" + json_string(instance.image_id);
  json += R"(,"started":)" + json_string(instance.started);
  json += R"(,"exitCode":)" + std::to_string(instance.exit_code);
  json += R"(,"containerUser":)" + json_string(instance.user);
  json += R"(,"remoteUser":)" + json_string(result.remote_user);
  json += R"(,"remoteWorkspaceFolder":)" + json_string(result.remote_workspace_folder);
  json += R"(,"mounts":)" + mounts_json(instance.mounts);
  json += R"(,"configuration":)" + result.configuration;
  json += R"(,"mergedConfiguration":)" + result.merged_configuration;
  return json + "}\n";
}

}  // namespace

int run_inspect(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  session.write_out(inspect_json(inspect(core, selection_of(arguments), signals.token())));
  return 0;
}

}  // namespace fairlead::cli
