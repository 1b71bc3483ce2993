#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/outcome.hpp"

namespace fairlead::cli {
namespace {

/// Only the container is given: no workspace folder stands in (reference-cli 1.2, notes).
RunUserCommandsRequest request_of(const Arguments& arguments) {
  return {.selection = {.config = arguments.text("config"),
                        .container_id = arguments.text("container-id"),
                        .mount_workspace_git_root = false},
          .remote = remote_options(arguments),
          .lifecycle = lifecycle_options(arguments),
          .prepare_system = true};
}

}  // namespace

int run_set_up(const Arguments& arguments, Session& session) {
  return run_operation(arguments, session, [&](Core& core, std::stop_token stop) {
    const auto result = fairlead::run_user_commands(core, request_of(arguments), std::move(stop));
    std::string json = R"({"outcome":"success")";
    if (arguments.flag("include-configuration")) {
      json += R"(,"configuration":)" + result.configuration;
    }
    if (arguments.flag("include-merged-configuration")) {
      json += R"(,"mergedConfiguration":)" + result.merged_configuration;
    }
    return Outcome{.json = json + "}\n", .text = "The container is set up.\n"};
  });
}

}  // namespace fairlead::cli
