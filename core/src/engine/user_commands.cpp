#include "engine/description.hpp"
#include "engine/own_relay.hpp"
#include "engine/rest.hpp"
#include "engine/session.hpp"
#include "engine/system_setup.hpp"

namespace fairlead {
namespace {

constexpr const char* default_description =
    "An error occurred running user commands in the container.";

const char* word_of(HooksResult result) {
  switch (result) {
    case HooksResult::prebuild:
      return "prebuild";
    case HooksResult::skip_non_blocking:
      return "skipNonBlocking";
    case HooksResult::stop_for_personalization:
      return "stopForPersonalization";
    case HooksResult::done:
      break;
  }
  return "done";
}

FileLock lock_of(const Core& core, RunUserCommandsRequest& request, const std::string& key,
                 const std::stop_token& stop) {
  return request.rest ? adopt_rest(std::move(request.rest)) : lock_hooks(core, key, stop);
}

RunUserCommandsResult run(Core& core, RunUserCommandsRequest& request,
                          const std::stop_token& stop) {
  auto workspace = open_workspace(core, request.selection, stop);
  // The reference's set-up has no labels to make it of.
  if (core.mode() == Mode::fairlead || !request.prepare_system)
    workspace = with_devcontainer_id(std::move(workspace));
  const auto found = require_environment(core, workspace, request.selection, stop);
  const auto instance = running_instance(found, stop);
  const auto lock = lock_of(core, request, environment_key(found.backend->name(), instance), stop);
  const auto merged = merged_for_instance(core, workspace, instance);
  const auto inside = with_own_relay(core, workspace, found.backend, instance, merged,
                                     RelayStart::when_needed, stop);
  if (request.prepare_system) {
    prepare_system(core, *inside.backend, instance,
                   {.folder = request.remote.container_system_data_folder,
                    .wanted = {},
                    .marks = user_to_look_up(core.mode(), merged, instance)},
                   stop);
  }
  auto session = open_session(core, workspace, inside.backend, instance, request.remote,
                              /*need_markers=*/true, stop);
  session.before_hook = inside.refresh;
  session.secrets = request.secrets;
  const auto& options = request.lifecycle;
  run_work(core, session, due_work(session, wanted_work(session.merged, options), options), options,
           stop);
  const auto environment = container_environment(session.instance);
  return {.result = word_of(result_of(session.merged, options)),
          .configuration = workspace.document ? configuration_json(substitute_container_env(
                                                    *workspace.document, environment))
                                              : "{}",
          .merged_configuration = merged_configuration_json(session.merged)};
}

}  // namespace

RunUserCommandsResult run_user_commands(Core& core, RunUserCommandsRequest request,
                                        std::stop_token stop) {
  try {
    return run(core, request, stop);
  } catch (const OperationError&) {
    throw;
  } catch (const Error& error) {
    throw OperationError(error, description_of(error, default_description));
  }
}

}  // namespace fairlead
