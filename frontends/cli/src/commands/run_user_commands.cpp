#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/outcome.hpp"
#include "json_text.hpp"

namespace fairlead::cli {

int run_user_commands(const Arguments& arguments, Session& session) {
  return run_operation(arguments, session, [&](Core& core, std::stop_token stop) {
    const auto result = fairlead::run_user_commands(core,
                                                    {.selection = selection_of(arguments),
                                                     .remote = remote_options(arguments),
                                                     .lifecycle = lifecycle_options(arguments)},
                                                    std::move(stop));
    return Outcome{.json = R"({"outcome":"success","result":)" + json_string(result.result) + "}\n",
                   .text = "Lifecycle commands: " + result.result + ".\n"};
  });
}

}  // namespace fairlead::cli
