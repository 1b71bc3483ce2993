#include "commands/commands.hpp"
#include "commands/forwarding.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "json_text.hpp"
#include "table.hpp"
#include "utf8.hpp"

#include <filesystem>

namespace fairlead::cli {
namespace {

using server::EnvironmentForwards;

std::string bytes_text(std::uint64_t bytes) {
  constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  for (; bytes >= 10'000 && unit < 4; ++unit) bytes /= 1000;
  return std::to_string(bytes) + ' ' + units[unit];
}

std::string process_text(const ForwardInfo& forward) {
  constexpr std::size_t most = 40;
  if (forward.process.empty()) return {};
  return fit_width(forward.process, most) +
         (forward.pid > 0 ? " (" + std::to_string(forward.pid) + ')' : std::string());
}

std::string state_text(const ForwardInfo& forward) {
  if (!forward.running) return "waiting";
  return forward.open == 0 ? "open" : "open, " + std::to_string(forward.open) + " connected";
}

std::string text_of(const std::vector<EnvironmentForwards>& environments, bool bold) {
  Table table({"PORT", "LOCAL", "LABEL", "PROCESS", "STATE", "IN", "OUT", "CONTAINER", "NAME"});
  for (const auto& environment : environments) {
    for (const auto& forward : environment.forwards) {
      table.add({to_text(forward.target) + (forward.reverse ? " (here)" : ""),
                 local_text(forward) + (forward.reverse ? " (inside)" : ""), forward.label,
                 process_text(forward), state_text(forward), bytes_text(forward.to_inside),
                 bytes_text(forward.from_inside), environment.container, forward.url});
    }
  }
  return table.empty() ? "Nothing is forwarded.\n" : table.text(bold);
}

std::string json_of(const std::vector<EnvironmentForwards>& environments) {
  std::string json;
  for (const auto& environment : environments) {
    json += (json.empty() ? "" : ",") + std::string(R"({"workspaceFolder":)") +
            json_string(environment.folder) + R"(,"containerId":)" +
            json_string(environment.container_id) + R"(,"containerName":)" +
            json_string(environment.container) + R"(,"forwards":)" +
            forwards_json(environment.forwards) + '}';
  }
  return "{\"environments\":[" + json + "]}\n";
}

/// The one that is meant, or all when the arguments name none.
std::optional<server::Caller> wanted(const Arguments& arguments) {
  const bool named = arguments.text_if("workspace-folder") || arguments.text_if("container-id") ||
                     !arguments.list("id-label").empty();
  return named && !arguments.flag("all") ? std::optional(caller_of(arguments)) : std::nullopt;
}

std::string event_text(const server::Client::Event& event) {
  if (event.kind == "gone") return "The dev container of " + event.folder + " was removed.\n";
  const auto line = forward_line(event.forward);
  if (event.kind == "closed") return "Ended: " + line + '\n';
  const auto process = process_text(event.forward);
  return "Listens: " + line + (process.empty() ? "" : "  " + process) + '\n';
}

std::string event_json(const server::Client::Event& event) {
  return R"({"event":)" + json_string(event.kind) + R"(,"workspaceFolder":)" +
         json_string(event.folder) + R"(,"action":)" + json_string(event.action) +
         R"(,"forward":)" + forward_json(event.forward) + "}\n";
}

/// A port that is to be forwarded silently is not talked about.
bool is_told(const server::Client::Event& event) {
  return event.kind != "opened" || event.action != "silent";
}

int watch(const Core& core, const Arguments& arguments, Session& session,
          const StopOnSignal& signals) {
  const auto stop = signals.token();
  auto client = start_server(core, session, stop);
  auto lister = start_server(core, session, stop);
  const bool json = wants_json(arguments, session);
  try {
    client.watch(
        [&] {
          const auto all = lister.list(wanted(arguments), stop);
          session.write_out(json ? json_of(all) : text_of(all, session.out.colour));
        },
        [&](const server::Client::Event& event) {
          if (json || is_told(event))
            session.write_out(json ? event_json(event) : event_text(event));
        },
        stop);
  } catch (const Error& error) {
    if (error.status() != Status::cancelled || arguments.caller() != nullptr) throw;
  }
  return signals.exit_code_of_waiting();
}

}  // namespace

int run_ports(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  const Core core(core_options(arguments), *log);
  if (arguments.flag("watch")) return watch(core, arguments, session, signals);
  std::vector<EnvironmentForwards> environments;
  const auto place = server_place(core);
  auto client = server::Client::connect(place, signals.token());
  std::error_code ignored;
  // One that was killed a moment ago may still have been there when this command began.
  if (!client && std::filesystem::exists(place.forwards_file(), ignored))
    client.emplace(start_server(core, session, signals.token()));
  if (client) environments = client->list(wanted(arguments), signals.token());
  session.write_out(wants_json(arguments, session) ? json_of(environments)
                                                   : text_of(environments, session.out.colour));
  return 0;
}

}  // namespace fairlead::cli
