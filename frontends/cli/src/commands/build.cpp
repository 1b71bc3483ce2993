#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/outcome.hpp"
#include "json_text.hpp"

#include <fairlead/manage.hpp>

namespace fairlead::cli {
namespace {

/// As the reference: one name as text for a service whose names nobody chose, else an array.
Outcome outcome_of(const BuildResult& result, bool named) {
  const auto& names = result.images;
  std::string list;
  std::string text;
  for (const auto& name : names) {
    list += (list.empty() ? "" : ",") + json_string(name);
    text += name + '\n';
  }
  if (!result.group || named) list = '[' + list + ']';
  std::string json = R"({"outcome":"success","imageName":)" + list + ',';
  json += no_auth_diagnostics;
  return {.json = json + "}\n", .text = text};
}

}  // namespace

int run_build(const Arguments& arguments, Session& session) {
  return run_operation(arguments, session, [&](Core& core, std::stop_token stop) {
    if (arguments.flag("prebuild")) {
      const auto result = prebuild(core, up_request(arguments), std::move(stop));
      return outcome_of(result, /*named=*/true);
    }
    auto selection = selection_of(arguments);
    selection.mount_workspace_git_root = false;  // reference-cli 1.2: no git look-up to build
    const BuildRequest request{.selection = selection, .build = build_options(arguments)};
    return outcome_of(build(core, request, std::move(stop)), !request.build.image_names.empty());
  });
}

}  // namespace fairlead::cli
