#include "commands/background.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/outcome.hpp"
#include "commands/secrets.hpp"
#include "json_text.hpp"

namespace fairlead::cli {

int run_user_commands(const Arguments& arguments, Session& session) {
  return run_operation(arguments, session, [&](Core& core, std::stop_token stop) {
    RunUserCommandsRequest request{.selection = selection_of(arguments),
                                   .remote = remote_options(arguments),
                                   .lifecycle = lifecycle_options(arguments),
                                   .rest = inherited_rest(arguments)};
    request.secrets = gather_secrets(core, arguments, session, request.selection, stop);
    const auto result = fairlead::run_user_commands(core, std::move(request), std::move(stop));
    return Outcome{.json = R"({"outcome":"success","result":)" + json_string(result.result) + "}\n",
                   .text = "Lifecycle commands: " + result.result + ".\n"};
  });
}

}  // namespace fairlead::cli
