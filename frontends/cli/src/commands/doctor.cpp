#include "commands/commands.hpp"
#include "commands/finding_text.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"

#include <fairlead/manage.hpp>

namespace fairlead::cli {

int run_doctor(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  FindingsPage page(session, wants_json(arguments, session));
  doctor(
      core, [&](const Finding& finding) { page.add(finding); }, signals.token());
  return page.finish();
}

}  // namespace fairlead::cli
