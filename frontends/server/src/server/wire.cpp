#include "server/wire.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace fairlead::server {
namespace {

Error broken(const std::string& why) {
  return {Status::failed, "server.protocol", "A message of the background process " + why + '.'};
}

template <class T>
void read(const Json& json, const char* name, T& out) {
  const auto found = json.find(name);
  if (found == json.end() || found->is_null()) return;
  try {
    found->get_to(out);
  } catch (const Json::exception&) {
    throw broken(std::string("has a faulty member '") + name + '\'');
  }
}

template <class T>
void read(const Json& json, const char* name, std::optional<T>& out) {
  const auto found = json.find(name);
  if (found == json.end() || found->is_null()) return;
  T value{};
  read(json, name, value);
  out = std::move(value);
}

const Json& object(const Json& json) {
  if (!json.is_object()) throw broken("is no object where it should be one");
  return json;
}

const Json& member(const Json& json, const char* name) {
  static const Json none = Json::object();
  const auto found = json.find(name);
  return found == json.end() ? none : object(*found);
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

constexpr std::array<std::pair<ForwardOrigin, const char*>, 3> origins{{
    {ForwardOrigin::configuration, "configuration"},
    {ForwardOrigin::user, "user"},
    {ForwardOrigin::detected, "detected"},
}};

const char* word(ForwardOrigin origin) {
  for (const auto& [value, name] : origins) {
    if (value == origin) return name;
  }
  return "user";
}

ForwardOrigin origin_from(const Json& json) {
  std::string name;
  read(json, "origin", name);
  for (const auto& [value, text] : origins) {
    if (name == text) return value;
  }
  return ForwardOrigin::user;
}

Json selection_json(const Selection& selection) {
  return {{"workspaceFolder", selection.workspace_folder},
          {"config", selection.config},
          {"overrideConfig", selection.override_config},
          {"idLabels", selection.id_labels},
          {"containerId", selection.container_id},
          {"service", selection.service},
          {"mountWorkspaceGitRoot", selection.mount_workspace_git_root}};
}

Selection selection_from(const Json& json) {
  Selection out;
  read(json, "workspaceFolder", out.workspace_folder);
  read(json, "config", out.config);
  read(json, "overrideConfig", out.override_config);
  read(json, "idLabels", out.id_labels);
  read(json, "containerId", out.container_id);
  read(json, "service", out.service);
  read(json, "mountWorkspaceGitRoot", out.mount_workspace_git_root);
  return out;
}

Status status_from(int number) {
  const bool known = number > 0 && number <= static_cast<int>(Status::internal);
  return known ? static_cast<Status>(number) : Status::failed;
}

}  // namespace

Json to_json(const Caller& caller) {
  const auto& options = caller.options;
  return {{"environment", options.environment},
          {"workingDirectory", options.working_directory},
          {"pluginPath", options.plugin_path},
          {"assignments", options.assignments},
          {"backend", or_null(options.backend)},
          {"host", or_null(options.host)},
          {"selection", selection_json(caller.selection)}};
}

Caller caller_from(const Json& json) {
  Caller caller;
  object(json);
  read(json, "environment", caller.options.environment);
  read(json, "workingDirectory", caller.options.working_directory);
  read(json, "pluginPath", caller.options.plugin_path);
  read(json, "assignments", caller.options.assignments);
  read(json, "backend", caller.options.backend);
  read(json, "host", caller.options.host);
  caller.selection = selection_from(member(json, "selection"));
  return caller;
}

Json to_json(const PortTarget& target) {
  if (!target.socket.empty()) return {{"socket", target.socket}};
  Json json{{"host", target.host}, {"port", target.port}};
  if (target.netns != 0) json["network"] = target.netns;
  return json;
}

PortTarget target_from(const Json& json) {
  PortTarget target;
  object(json);
  read(json, "host", target.host);
  read(json, "port", target.port);
  read(json, "socket", target.socket);
  read(json, "network", target.netns);
  return target;
}

Json to_json(const ForwardWish& wish) {
  return {{"target", to_json(wish.target)},   {"localPort", or_null(wish.local_port)},
          {"localSocket", wish.local_socket}, {"addresses", wish.addresses},
          {"reverse", wish.reverse},          {"origin", word(wish.origin)}};
}

ForwardWish wish_from(const Json& json) {
  ForwardWish wish;
  wish.target = target_from(member(object(json), "target"));
  read(json, "localPort", wish.local_port);
  read(json, "localSocket", wish.local_socket);
  read(json, "addresses", wish.addresses);
  read(json, "reverse", wish.reverse);
  wish.origin = origin_from(json);
  return wish;
}

Json to_json(const ForwardInfo& info) {
  return {{"target", to_json(info.target)},
          {"reverse", info.reverse},
          {"origin", word(info.origin)},
          {"localAddress", info.address},
          {"localPort", info.port},
          {"addresses", info.addresses},
          {"url", info.url},
          {"note", info.note},
          {"label", info.label},
          {"protocol", info.protocol},
          {"process", info.process},
          {"pid", info.pid},
          {"route", info.route},
          {"bytesIn", info.to_inside},
          {"bytesOut", info.from_inside},
          {"connections", info.connections},
          {"openConnections", info.open},
          {"running", info.running}};
}

ForwardInfo info_from(const Json& json) {
  ForwardInfo info;
  info.target = target_from(member(object(json), "target"));
  read(json, "reverse", info.reverse);
  info.origin = origin_from(json);
  read(json, "localAddress", info.address);
  read(json, "localPort", info.port);
  read(json, "addresses", info.addresses);
  read(json, "url", info.url);
  read(json, "note", info.note);
  read(json, "label", info.label);
  read(json, "protocol", info.protocol);
  read(json, "process", info.process);
  read(json, "pid", info.pid);
  read(json, "route", info.route);
  read(json, "bytesIn", info.to_inside);
  read(json, "bytesOut", info.from_inside);
  read(json, "connections", info.connections);
  read(json, "openConnections", info.open);
  read(json, "running", info.running);
  return info;
}

Json to_json(const EnvironmentForwards& environment) {
  auto forwards = Json::array();
  for (const auto& forward : environment.forwards) forwards.push_back(to_json(forward));
  return {{"key", environment.key},
          {"workspaceFolder", environment.folder},
          {"containerId", environment.container_id},
          {"containerName", environment.container},
          {"running", environment.running},
          {"forwards", std::move(forwards)},
          {"failures", environment.failures}};
}

EnvironmentForwards environment_from(const Json& json) {
  EnvironmentForwards out;
  object(json);
  read(json, "key", out.key);
  read(json, "workspaceFolder", out.folder);
  read(json, "containerId", out.container_id);
  read(json, "containerName", out.container);
  read(json, "running", out.running);
  read(json, "failures", out.failures);
  if (const auto list = json.find("forwards"); list != json.end() && list->is_array()) {
    for (const auto& entry : *list) out.forwards.push_back(info_from(entry));
  }
  return out;
}

Json to_json(const PortEvent& event, const std::string& folder) {
  const char* kind = event.kind == PortEvent::Kind::opened   ? "opened"
                     : event.kind == PortEvent::Kind::closed ? "closed"
                                                             : "gone";
  return {{"kind", kind},
          {"workspaceFolder", folder},
          {"forward", to_json(event.forward)},
          {"action", event.action}};
}

Json to_json(const Error& error) {
  return {{"code", -32000 - static_cast<int>(error.status())},
          {"message", error.message()},
          {"data",
           {{"status", static_cast<int>(error.status())},
            {"code", error.code()},
            {"hint", error.hint()}}}};
}

Error error_from(const Json& json) {
  std::string message;
  std::string code = "server.failed";
  std::string hint;
  int status = 0;
  read(object(json), "message", message);
  const auto& data = member(json, "data");
  read(data, "code", code);
  read(data, "hint", hint);
  read(data, "status", status);
  return {status_from(status), code, message, hint};
}

Json parse(const std::string& text) {
  auto json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded() || !json.is_object()) throw broken("is no JSON object");
  return json;
}

}  // namespace fairlead::server
