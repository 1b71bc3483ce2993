#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "json_text.hpp"

#include <fairlead/manage.hpp>

namespace fairlead::cli {
namespace {

std::string finding_json(const Finding& finding) {
  const auto& [name, outcome, message, hint] = finding.check;
  std::string json = R"({"subject":)" + json_string(finding.subject);
  json += R"(,"name":)" + json_string(name) + R"(,"outcome":)" + json_string(outcome);
  json += R"(,"message":)" + json_string(message);
  if (!hint.empty()) json += R"(,"hint":)" + json_string(hint);
  return json + '}';
}

std::string finding_text(const Finding& finding, bool colour) {
  const auto& [name, outcome, message, hint] = finding.check;
  const bool fine = outcome == "good";
  const bool bad = outcome == "bad";
  const std::string word = fine ? "good   " : bad ? "bad    " : "warning";
  const char* shade = fine ? "32" : bad ? "31" : "33";
  std::string text = colour ? std::string("\x1b[") + shade + 'm' + word + "\x1b[0m" : word;
  text += "  " + finding.subject + ", " + name + ": " + message + '\n';
  if (!hint.empty()) text += "           " + hint + '\n';
  return text;
}

}  // namespace

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
