#include "commands/background.hpp"
#include "commands/commands.hpp"
#include "commands/forwarding.hpp"
#include "commands/options.hpp"
#include "commands/outcome.hpp"
#include "commands/secrets.hpp"
#include "json_text.hpp"

namespace fairlead::cli {
namespace {

GpuAvailability gpu_of(const std::string& name) {
  if (name == "all") return GpuAvailability::all;
  return name == "none" ? GpuAvailability::none : GpuAvailability::detect;
}

UpdateRemoteUserId user_id_of(const std::string& name) {
  if (name == "never") return UpdateRemoteUserId::never;
  return name == "off" ? UpdateRemoteUserId::off : UpdateRemoteUserId::on;
}

/// What comes behind waitFor is not waited for, unless somebody wants to know how it ends.
LifecycleOptions own_lifecycle(const Arguments& arguments) {
  auto options = lifecycle_options(arguments);
  const auto* caller = arguments.caller();
  options.leave_rest = (caller == nullptr || caller->background) &&
                       arguments.mode() == Mode::fairlead && !arguments.flag("wait") &&
                       !options.prebuild && !options.skip_non_blocking;
  return options;
}

/// The names of `up` are for what the container has in the end, not for the image it is made from.
BuildOptions image_options(const Arguments& arguments) {
  auto options = build_options(arguments);
  options.image_names.clear();
  return options;
}

UpRequest request_of(const Arguments& arguments) {
  return {.selection = selection_of(arguments),
          .remote = remote_options(arguments),
          .lifecycle = own_lifecycle(arguments),
          .build = image_options(arguments),
          .gpu = gpu_of(arguments.text("gpu-availability")),
          .update_user_id = user_id_of(arguments.text("update-remote-user-uid-default")),
          .remove_existing = arguments.flag("remove-existing-container"),
          .rebuild_if_changed = arguments.flag("rebuild-if-changed"),
          .expect_existing = arguments.flag("expect-existing-container"),
          .mounts = arguments.list("mount"),
          .snapshot_names = arguments.list("image-name")};
}

using Forwards = std::optional<server::EnvironmentForwards>;

std::string snapshots_json(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ",") + json_string(name);
  return list.empty() ? list : R"(,"snapshots":[)" + list + ']';
}

/// The reference's members, then fairlead's own.
std::string result_json(const Arguments& arguments, const UpResult& result, bool rest,
                        const Forwards& forwards) {
  std::string json = R"({"outcome":"success","containerId":)" + json_string(result.container_id);
  if (!result.group.empty()) json += R"(,"composeProjectName":)" + json_string(result.group);
  json += R"(,"remoteUser":)" + json_string(result.remote_user);
  if (!result.remote_workspace_folder.empty()) {
    json += R"(,"remoteWorkspaceFolder":)" + json_string(result.remote_workspace_folder);
  }
  if (arguments.flag("include-configuration")) {
    json += R"(,"configuration":)" + result.configuration;
  }
  if (arguments.flag("include-merged-configuration")) {
    json += R"(,"mergedConfiguration":)" + result.merged_configuration;
  }
  json += ',';
  json += no_auth_diagnostics;
  if (arguments.mode() == Mode::fairlead) {
    json += R"(,"backend":)" + json_string(result.backend);
    json += R"(,"containerName":)" + json_string(result.name);
    json += std::string(R"(,"created":)") + (result.created ? "true" : "false");
    json += std::string(R"(,"background":)") + (rest ? "true" : "false");
    if (forwards) json += R"(,"forwards":)" + forwards_json(forwards->forwards);
    json += snapshots_json(arguments.list("image-name"));
    if (!result.content.empty()) json += R"(,"content":)" + json_string(result.content);
    if (!result.content_place.empty())
      json += R"(,"contentPlace":)" + json_string(result.content_place);
  }
  return json + "}\n";
}

std::string content_text(const UpResult& result) {
  const auto& place = result.content_place;
  if (result.content == "folder") return "the folder " + place;
  if (result.content == "clone") return "a clone in " + place;
  if (result.content == "synchronised") {
    return "synchronised with " + place + "; `fairlead sync` shows how";
  }
  return "copied once into a volume on the host";
}

std::string result_text(const UpResult& result, bool rest, const Forwards& forwards) {
  std::string text = result.created ? "The dev container is up.\n" : "The dev container was up.\n";
  text += "  container  " + result.name + " (" + result.container_id.substr(0, 12) + ") on " +
          result.backend + '\n';
  if (!result.group.empty()) text += "  project    " + result.group + '\n';
  text += "  image      " + result.image + '\n';
  text += "  user       " + result.remote_user + '\n';
  text += "  folder     " + result.remote_workspace_folder + '\n';
  if (!result.content.empty()) text += "  content    " + content_text(result) + '\n';
  for (const auto& forward : forwards ? forwards->forwards : std::vector<ForwardInfo>{}) {
    text += "  port       " + forward_line(forward) + '\n';
  }
  if (rest) text += "  commands   go on in the background; `fairlead logs -f` shows them\n";
  return text;
}

}  // namespace

UpRequest up_request(const Arguments& arguments) { return request_of(arguments); }

namespace {

int bring_up(const Arguments& arguments, Session& session, bool rebuild) {
  return run_operation(arguments, session, [&](Core& core, std::stop_token stop) {
    auto request = up_request(arguments);
    request.remove_existing = request.remove_existing || rebuild;
    request.selection = fetch_workspace(core, std::move(request.selection), stop);
    request.secrets = gather_secrets(core, arguments, session, request.selection, stop);
    auto result = up(core, request, stop);
    const bool rest = static_cast<bool>(result.rest);
    if (rest)
      continue_in_background(arguments, session, request.selection, request.secrets, result);
    const auto forwards = forward_configured(core, arguments, session, result, stop);
    return Outcome{.json = result_json(arguments, result, rest, forwards),
                   .text = result_text(result, rest, forwards)};
  });
}

}  // namespace

int run_up(const Arguments& arguments, Session& session) {
  return bring_up(arguments, session, /*rebuild=*/false);
}

int run_rebuild(const Arguments& arguments, Session& session) {
  return bring_up(arguments, session, /*rebuild=*/true);
}

}  // namespace fairlead::cli
