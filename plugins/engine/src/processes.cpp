#include "json.hpp"

#include <fairlead/engine/client.hpp>
#include <fairlead/engine/processes.hpp>

#include <charconv>

namespace fairlead::engine {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string engine_name(const Json& version) {
  if (auto name = text_of(member(version, "Platform"), "Name"); !name.empty()) return name;
  const auto& components = member(version, "Components");
  if (components.is_array() && !components.empty()) {
    const auto name = text_of(components.front(), "Name");
    if (!name.empty() && name != "Engine") return name;
  }
  return "Docker Engine";
}

}  // namespace

std::string exec_create_body(const ExecRequest& request) {
  Json body = {{"AttachStdin", static_cast<bool>(request.in)},
               {"AttachStdout", true},
               {"AttachStderr", true},
               {"Cmd", request.argv}};
  if (request.terminal) body["Tty"] = true;
  if (!request.user.empty()) body["User"] = request.user;
  if (!request.working_directory.empty()) body["WorkingDir"] = request.working_directory;
  auto env = Json::array();
  if (request.terminal && !request.env.contains("TERM")) {
    env.push_back("TERM=" + request.terminal->term);
  }
  for (const auto& [name, value] : request.env) env.push_back(name + "=" + value);
  if (!env.empty()) body["Env"] = std::move(env);
  return dump(body);
}

std::string exec_start_body(const ExecRequest& request) {
  Json body = {{"Detach", false}, {"Tty", request.terminal.has_value()}};
  if (request.terminal) {
    body["ConsoleSize"] = {request.terminal->size.rows, request.terminal->size.cols};
  }
  return dump(body);
}

std::string id_from(std::string_view json) {
  return text_of(parse_json(json, Json::value_t::object), "Id");
}

ExecState exec_state_from(std::string_view json) {
  const auto all = parse_json(json, Json::value_t::object);
  const bool running = flag_of(all, "Running");
  // Docker says null until there is an exit code, Podman 0 also before the start.
  const bool untouched = number_of(all, "ExitCode") == 0 && number_of(all, "Pid") == 0 &&
                         member(all, "CanRemove").is_boolean() && !flag_of(all, "CanRemove");
  const bool ended = !running && member(all, "ExitCode").is_number() && !untouched;
  return {running,
          ended,
          static_cast<int>(number_of(all, "ExitCode")),
          static_cast<int>(number_of(all, "Pid")),
          text_of(all, "ContainerID"),
          text_of(member(all, "ProcessConfig"), "user")};
}

int exit_code_of_failed_start(std::string_view message) {
  if (contains(message, "executable file not found") ||
      contains(message, "no such file or directory")) {
    return 127;
  }
  if (contains(message, "permission denied") || contains(message, "exec format error") ||
      contains(message, "is a directory") || contains(message, "OCI runtime exec failed")) {
    return 126;
  }
  return 0;
}

InstanceEvent instance_event_from(std::string_view line) {
  const auto all = Json::parse(line, nullptr, false);
  const auto& actor = member(all, "Actor");
  if (text_of(all, "Type") != "container") return {};
  InstanceEvent event{text_of(actor, "ID"), text_of(all, "Action"), map_of(actor, "Attributes")};
  // Podman's words
  if (event.action.empty()) event.action = text_of(all, "status");
  if (event.action == "remove") event.action = "destroy";
  if (event.action == "died") event.action = "die";
  return event;
}

std::string events_target(const WatchRequest& request) {
  Json filters = {{"type", {"container"}}};
  if (!request.labels.empty()) filters["label"] = request.labels;
  return "/events" + query({{"filters", dump(filters)}});
}

std::string exec_ends_target(const std::string& instance) {
  // Docker's word and Podman's
  const Json filters = {
      {"type", {"container"}}, {"container", {instance}}, {"event", {"exec_die", "exec_died"}}};
  return "/events" + query({{"filters", dump(filters)}});
}

std::optional<int> exec_end_from(std::string_view line, std::string_view exec) {
  const auto all = Json::parse(line, nullptr, false);
  const auto& attributes = member(member(all, "Actor"), "Attributes");
  if (exec.empty() || text_of(attributes, "execID") != exec) return std::nullopt;
  auto code = text_of(attributes, "exitCode");
  if (code.empty()) code = text_of(attributes, "containerExitCode");
  int status = 0;
  const auto* end = code.data() + code.size();
  const auto parsed = std::from_chars(code.data(), end, status);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return status;
}

std::string logs_target(const LogsRequest& request) {
  return "/containers/" + percent_encoded(request.id) + "/logs" +
         query({{"stdout", "1"},
                {"stderr", "1"},
                {"follow", request.follow ? "1" : ""},
                {"timestamps", request.timestamps ? "1" : ""},
                {"tail", request.tail < 0 ? "all" : std::to_string(request.tail)},
                {"since", request.since}});
}

std::string resize_target(const std::string& exec, const TerminalSize& size) {
  return "/exec/" + percent_encoded(exec) + "/resize" +
         query({{"h", std::to_string(size.rows)}, {"w", std::to_string(size.cols)}});
}

ProbeReply probe_from_version(std::string_view json) {
  const auto all = parse_json(json, Json::value_t::object);
  ProbeReply reply;
  reply.engine = engine_name(all);
  reply.version = text_of(all, "Version");
  reply.api_version = text_of(all, "ApiVersion");
  reply.os = text_of(all, "Os");
  reply.arch = text_of(all, "Arch");
  return reply;
}

}  // namespace fairlead::engine
