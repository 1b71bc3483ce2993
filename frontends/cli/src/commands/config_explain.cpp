#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "json_text.hpp"
#include "utf8.hpp"

#include <fairlead/explain_workspace.hpp>

namespace fairlead::cli {
namespace {

constexpr std::size_t widest_value = 60;

std::string_view word_of(Contribution::Outcome outcome) {
  switch (outcome) {
    case Contribution::Outcome::won:
      return "won";
    case Contribution::Outcome::partly:
      return "partly";
    case Contribution::Outcome::lost:
      return "lost";
  }
  return {};
}

std::string place_of(const SourceLocation& where) {
  if (where.file.empty()) return {};
  return where.file + ':' + std::to_string(where.line) + ':' + std::to_string(where.column);
}

/// The value on one line that leaves room for the rest.
std::string shortened(const std::string& value) {
  if (display_width(value) <= widest_value) return value;
  return fit_width(value, widest_value - 3) + "...";
}

std::string contribution_text(const Contribution& one) {
  std::string text = "  " + one.who;
  if (const auto place = place_of(one.where); !place.empty()) text += "  (" + place + ')';
  text += "\n    says  " + shortened(one.value);
  return text + "\n    " + std::string(word_of(one.outcome)) + ": " + one.reason + '\n';
}

std::string explanation_text(const Explanation& one) {
  std::string text = one.property + " = " + (one.value.empty() ? "unset" : one.value) + '\n';
  if (one.contributions.empty()) return text + "  nobody says anything about it\n";
  text += "  " + one.rule + '\n';
  for (const auto& contribution : one.contributions) text += contribution_text(contribution);
  return text;
}

std::string result_text(const ExplainResult& result) {
  std::string text;
  for (const auto& one : result.explanations) {
    text += (text.empty() ? "" : "\n") + explanation_text(one);
  }
  return text;
}

std::string contribution_json(const Contribution& one) {
  std::string json = R"({"who":)" + json_string(one.who);
  if (!one.where.file.empty()) {
    json += R"(,"file":)" + json_string(one.where.file);
    json += R"(,"line":)" + std::to_string(one.where.line);
    json += R"(,"column":)" + std::to_string(one.where.column);
  }
  // A default may be said in words.
  const char* key = one.who == "default" ? R"(,"default":)" : R"(,"value":)";
  json += key + (one.who == "default" ? json_string(one.value) : one.value);
  json += R"(,"outcome":")" + std::string(word_of(one.outcome));
  return json + R"(","reason":)" + json_string(one.reason) + '}';
}

bool is_json(const Explanation& one) {
  return !one.value.empty() &&
         (one.contributions.empty() || one.contributions.front().who != "default" ||
          one.contributions.front().outcome == Contribution::Outcome::lost);
}

std::string explanation_json(const Explanation& one) {
  std::string contributions;
  for (const auto& contribution : one.contributions) {
    contributions += (contributions.empty() ? "" : ",") + contribution_json(contribution);
  }
  return R"({"property":)" + json_string(one.property) + R"(,"value":)" +
         (is_json(one) ? one.value : "null") + R"(,"rule":)" + json_string(one.rule) +
         R"(,"contributions":[)" + contributions + "]}";
}

std::string result_json(const ExplainResult& result) {
  std::string properties;
  for (const auto& one : result.explanations) {
    properties += (properties.empty() ? "" : ",") + explanation_json(one);
  }
  std::string missing;
  for (const auto& one : result.missing) missing += (missing.empty() ? "" : ",") + json_string(one);
  return R"({"configFile":)" + json_string(result.config_file) + R"(,"missing":[)" + missing +
         R"(],"properties":[)" + properties + "]}\n";
}

}  // namespace

int run_config_explain(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto result = explain_configuration(
      core, {.selection = selection_of(arguments), .property = arguments.positional(0)},
      signals.token());
  if (wants_json(arguments, session)) {
    session.write_out(result_json(result));
    return 0;
  }
  session.write_out(result_text(result));
  for (const auto& one : result.missing) session.write_err("not known: " + one + '\n');
  return 0;
}

}  // namespace fairlead::cli
