#include "commands/forwarding.hpp"

#include "commands/options.hpp"
#include "json_text.hpp"
#include "log_sinks.hpp"
#include "version.hpp"

#include <fairlead/git_address.hpp>

#include <server/attributes.hpp>

#include <filesystem>

namespace fairlead::cli {
namespace {

std::string target_json(const ForwardInfo& forward) {
  const auto& target = forward.target;
  if (!target.socket.empty()) return R"("socket":)" + json_string(target.socket);
  return R"("host":)" + json_string(target.host) + R"(,"port":)" + std::to_string(target.port);
}

std::string origin_word(ForwardOrigin origin) {
  if (origin == ForwardOrigin::configuration) return "configuration";
  return origin == ForwardOrigin::user ? "user" : "detected";
}

bool wants_detection(const Settings& settings, const UpResult& result) {
  const auto& when = settings.text("port_detection");
  if (when == "always") return true;
  return when != "never" && server::has_port_attributes(result.merged_configuration);
}

}  // namespace

server::Place server_place(const Core& core) {
  return {.runtime = core.runtime_folder(), .state = core.state_folder()};
}

server::Client start_server(const Core& core, const Session& session, const std::stop_token& stop) {
  return server::Client::start({.place = server_place(core),
                                .command = {session.executable, "background"},
                                .environment = core.options().environment,
                                .version = std::string(own_version)},
                               stop);
}

server::Caller caller_of(const Arguments& arguments) {
  auto selection = selection_of(arguments);
  // Kept for as long as the forward is.
  selection.workspace_folder = without_credentials(selection.workspace_folder);
  return {.options = core_options(arguments), .selection = std::move(selection)};
}

std::string local_text(const ForwardInfo& forward) {
  if (forward.port == 0) return forward.address;
  const bool loopback = forward.address == "127.0.0.1";
  const bool six = forward.address.find(':') != std::string::npos;
  const auto host = loopback ? std::string("localhost")
                    : six    ? '[' + forward.address + ']'
                             : forward.address;
  const auto place = host + ':' + std::to_string(forward.port);
  return forward.protocol.empty() ? place : forward.protocol + "://" + place;
}

std::string forward_line(const ForwardInfo& forward) {
  const auto inside = forward.reverse ? local_text(forward) + " inside" : to_text(forward.target);
  const auto outside = forward.reverse ? to_text(forward.target) : local_text(forward);
  auto line = forward.reverse ? inside + " -> " + outside + " here" : outside + " -> " + inside;
  if (!forward.label.empty()) line += "  " + forward.label;
  return line;
}

std::string forward_json(const ForwardInfo& forward) {
  std::string json = '{' + target_json(forward);
  json += std::string(R"(,"reverse":)") + (forward.reverse ? "true" : "false");
  json += R"(,"localAddress":)" + json_string(forward.address);
  json += R"(,"localPort":)" + std::to_string(forward.port);
  if (!forward.url.empty()) json += R"(,"url":)" + json_string(forward.url);
  json += R"(,"label":)" + json_string(forward.label);
  json += R"(,"protocol":)" + json_string(forward.protocol);
  json += R"(,"origin":)" + json_string(origin_word(forward.origin));
  json += R"(,"process":)" + json_string(forward.process);
  json += R"(,"pid":)" + std::to_string(forward.pid);
  json += std::string(R"(,"state":)") + (forward.running ? "\"open\"" : "\"waiting\"");
  json += R"(,"route":)" + json_string(forward.route);
  json += R"(,"bytesIn":)" + std::to_string(forward.to_inside);
  json += R"(,"bytesOut":)" + std::to_string(forward.from_inside);
  json += R"(,"connections":)" + std::to_string(forward.connections);
  json += R"(,"openConnections":)" + std::to_string(forward.open);
  if (!forward.note.empty()) json += R"(,"note":)" + json_string(forward.note);
  return json + '}';
}

std::string forwards_json(const std::vector<ForwardInfo>& forwards) {
  std::string json;
  for (const auto& forward : forwards) json += (json.empty() ? "" : ",") + forward_json(forward);
  return '[' + json + ']';
}

std::optional<server::EnvironmentForwards> forward_configured(Core& core,
                                                              const Arguments& arguments,
                                                              const Session& session,
                                                              const UpResult& result,
                                                              const std::stop_token& stop) {
  if (core.mode() == fairlead::Mode::drop_in) return std::nullopt;
  const auto settings = core.settings({}, nullptr);  // a project has no say in it
  const bool detect = wants_detection(settings, result);
  const bool configured = settings.flag("forward_ports") && !result.forward_ports.empty();
  const bool relay = settings.text("exec_via") == "relay";
  const bool sync = result.content == "synchronised";
  if (!detect && !configured && !relay && !sync) return std::nullopt;
  try {
    auto caller = caller_of(arguments);
    caller.options.trust = false;
    auto view = start_server(core, session, stop)
                    .forward(caller,
                             {.configured = configured,
                              .detect = detect,
                              .relay = relay,
                              .sync = sync,
                              .wishes = {}},
                             stop);
    for (const auto& line : view.failures) core.log().text(LogLevel::warning, line);
    for (const auto& forward : view.forwards) {
      if (!forward.note.empty()) core.log().text(LogLevel::warning, forward.note);
    }
    return view;
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    core.log().text(LogLevel::warning,
                    (sync ? "Changes are not followed, and ports are not forwarded: "
                          : "Ports are not forwarded: ") +
                        error.message());
    return std::nullopt;
  }
}

void end_forwards(const Core& core, const std::string& container_id, const std::stop_token& stop) {
  try {
    auto client = server::Client::connect(server_place(core), stop);
    if (client) client->end(container_id, stop);
  } catch (const Error& error) {
    core.log().text(LogLevel::warning, "Forwards may go on: " + error.message());
  }
}

void revive_forwards(const Arguments& arguments, const Session& session) {
  try {
    const auto log = make_log(arguments, session);
    const Core core(core_options(arguments), *log);
    const auto place = server_place(core);
    std::error_code ignored;
    if (!std::filesystem::exists(place.forwards_file(), ignored)) return;
    if (!server::connect_to(place)) start_server(core, session, {});
  } catch (const Error&) {  // a command about something else does not fail for it
    return;
  }
}

}  // namespace fairlead::cli
