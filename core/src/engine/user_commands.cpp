#include "engine/description.hpp"
#include "engine/session.hpp"

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

RunUserCommandsResult run(Core& core, const RunUserCommandsRequest& request,
                          const std::stop_token& stop) {
  const auto workspace = with_devcontainer_id(open_workspace(core, request.selection));
  const auto found = require_environment(core, workspace, request.selection, stop);
  const auto session = open_session(core, workspace, found.backend, running_instance(found, stop),
                                    request.remote, /*need_markers=*/true, stop);
  const auto result = run_hooks(core, session, request.lifecycle, stop);
  const auto environment = container_environment(session.instance);
  return {.result = word_of(result),
          .configuration = workspace.document ? configuration_json(substitute_container_env(
                                                    *workspace.document, environment))
                                              : "{}",
          .merged_configuration = merged_configuration_json(session.merged)};
}

}  // namespace

RunUserCommandsResult run_user_commands(Core& core, const RunUserCommandsRequest& request,
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
