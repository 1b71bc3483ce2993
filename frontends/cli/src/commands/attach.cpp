#include "commands/commands.hpp"
#include "commands/environment_view.hpp"
#include "commands/inside.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "table.hpp"

#include <fairlead/manage.hpp>

namespace fairlead::cli {
namespace {

/// What there is to choose from.
int show_choice(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto running = list_running(core, signals.token());
  for (const auto& [name, reason] : running.silent) {
    session.write_err("The backend '" + name + "' does not answer: " + reason + '\n');
  }
  Table table({"CONTAINER", "ID", "BACKEND", "AGE", "IMAGE", "FOLDER"});
  for (const auto& environment : running.environments) {
    const auto& instance = environment.instance;
    table.add({instance.name, instance.id.substr(0, 12), environment.backend,
               age_text(environment.age_seconds), instance.image, environment.local_folder});
  }
  session.write_out(table.empty() ? "Nothing runs.\n" : table.text(session.out.colour));
  session.write_err("Name one of them: fairlead attach CONTAINER\n");
  return 2;
}

}  // namespace

int run_attach(const Arguments& arguments, Session& session) {
  if (arguments.positional(0).empty()) return show_choice(arguments, session);
  return run_inside(arguments, session, [&](Core& core, ExecOptions options, std::stop_token stop) {
    options.selection = {.container_id = arguments.positional(0)};
    options.shell = true;
    options.session = true;
    return exec(core, std::move(options), std::move(stop));
  });
}

}  // namespace fairlead::cli
