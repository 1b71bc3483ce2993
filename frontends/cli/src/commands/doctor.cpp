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
  const bool json = wants_json(arguments, session);
  bool bad = false;
  std::string findings;
  doctor(
      core,
      [&](const Finding& finding) {
        bad = bad || finding.check.outcome == "bad";
        findings += (findings.empty() ? "" : ",") + finding_json(finding);
        if (!json) session.write_out(finding_text(finding, session.out.colour));
      },
      signals.token());
  if (json) {
    session.write_out(R"({"healthy":)" + std::string(bad ? "false" : "true") + R"(,"findings":[)" +
                      findings + "]}\n");
  }
  return bad ? 1 : 0;
}

}  // namespace fairlead::cli
