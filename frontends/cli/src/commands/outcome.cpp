#include "commands/outcome.hpp"

#include "caller.hpp"
#include "commands/idle_flags.hpp"
#include "commands/options.hpp"
#include "commands/reference_errors.hpp"
#include "commands/signals.hpp"
#include "commands/trust_prompt.hpp"
#include "error_text.hpp"
#include "json_text.hpp"

namespace fairlead::cli {
namespace {

std::string left_behind(const OperationError& error) {
  if (error.status() != Status::cancelled) return {};
  if (error.container_id().empty())
    return "No container was made; the same command starts again.\n";
  return "The container " + error.container_id().substr(0, 12) +
         " was left as it is; the same command goes on from there, `fairlead down` removes it.\n";
}

/// The reference's `build` does not say them.
std::string disallowed_members(const OperationError& error, const Arguments& arguments) {
  const auto* disallowed = dynamic_cast<const DisallowedFeature*>(&error);
  if (disallowed == nullptr || arguments.command() == CommandId::build) return {};
  auto text = R"(,"disallowedFeatureId":)" + json_string(disallowed->feature());
  text += std::string(R"(,"didStopContainer":)") + (disallowed->stopped() ? "true" : "false");
  if (!disallowed->url().empty()) text += R"(,"learnMoreUrl":)" + json_string(disallowed->url());
  return text;
}

/// The reference's other commands know their container already.
bool names_container(const Arguments& arguments) {
  return arguments.mode() == Mode::fairlead || arguments.command() == CommandId::up;
}

std::string failure_json(const OperationError& error, const std::string& more,
                         const Arguments& arguments) {
  auto json = error_json(error, error.description(), arguments.mode());
  json.erase(json.rfind('}'));
  if (!error.container_id().empty() && names_container(arguments))
    json += R"(,"containerId":)" + json_string(error.container_id());
  return json + more + "}\n";
}

}  // namespace

int run_operation(const Arguments& arguments, Session& session,
                  const std::function<Outcome(Core&, std::stop_token)>& operation) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  const bool json = wants_json(arguments, session);
  warn_about_idle_flags(arguments, *log);
  try {
    require_docker_command(arguments);
    auto options = core_options(arguments);
    options.ask_trust = trust_prompt(arguments, session);
    Core core(std::move(options), *log);
    const auto outcome = operation(core, signals.token());
    session.write_out(json ? outcome.json : outcome.text);
    return 0;
  } catch (const OperationError& failure) {
    // A client has words of its own for errors; one that only lends its streams has not.
    if (arguments.caller() != nullptr && arguments.caller()->make_log) throw;
    const auto error = in_reference_words(failure, arguments, *log);
    if (!is_silent(failure, arguments)) {
      session.write_err(error_text(error, arguments.mode(), session.err.colour) +
                        left_behind(error));
    }
    const auto more = disallowed_members(failure, arguments);
    if (json) session.write_out(failure_json(error, more, arguments));
    return signals.exit_code() != 0 ? signals.exit_code() : 1;
  }
}

}  // namespace fairlead::cli
