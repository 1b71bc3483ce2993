#include "commands/finding_text.hpp"

#include "json_text.hpp"

namespace fairlead::cli {

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

void FindingsPage::add(const Finding& finding) {
  bad_ = bad_ || finding.check.outcome == "bad";
  findings_ += (findings_.empty() ? "" : ",") + finding_json(finding);
  if (!json_) session_.write_out(finding_text(finding, session_.out.colour));
}

int FindingsPage::finish() {
  const std::string healthy = bad_ ? "false" : "true";
  if (json_)
    session_.write_out(R"({"healthy":)" + healthy + R"(,"findings":[)" + findings_ + "]}\n");
  return bad_ ? 1 : 0;
}

}  // namespace fairlead::cli
