#include "json.hpp"

#include <fairlead/engine/client.hpp>
#include <fairlead/engine/instances.hpp>
#include <fairlead/sdk/records.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace fairlead::engine {
namespace {

constexpr std::array<std::pair<std::string_view, InstanceState>, 7> states{{
    {"created", InstanceState::created},
    {"running", InstanceState::running},
    {"paused", InstanceState::paused},
    {"restarting", InstanceState::restarting},
    {"exited", InstanceState::stopped},
    {"removing", InstanceState::removing},
    {"dead", InstanceState::dead},
}};

std::string without_slash(std::string name) {
  if (name.starts_with('/')) name.erase(0, 1);
  return name;
}

/// Names of links look like "/other/alias"; the own one has a single slash.
std::string own_name(const std::vector<std::string>& names) {
  for (const auto& name : names) {
    if (name.find('/', 1) == std::string::npos) return without_slash(name);
  }
  return names.empty() ? std::string{} : without_slash(names.front());
}

Mount mount_from(const Json& json) {
  Mount mount;
  const auto type = text_of(json, "Type");
  mount.type = type == "volume"  ? MountType::volume
               : type == "tmpfs" ? MountType::tmpfs
                                 : MountType::bind;
  const auto name = text_of(json, "Name");
  mount.source = mount.type == MountType::volume && !name.empty() ? name : text_of(json, "Source");
  mount.target = text_of(json, "Destination");
  mount.read_only = member(json, "RW").is_boolean() && !flag_of(json, "RW");
  return mount;
}

std::vector<Mount> mounts_from(const Json& list) {
  std::vector<Mount> mounts;
  if (!list.is_array()) return mounts;
  for (const auto& entry : list) mounts.push_back(mount_from(entry));
  return mounts;
}

std::vector<PublishedPort> ports_from_list(const Json& list) {
  std::vector<PublishedPort> ports;
  if (!list.is_array()) return ports;
  for (const auto& entry : list) {
    if (number_of(entry, "PublicPort") == 0) continue;
    ports.push_back({text_of(entry, "IP"), std::to_string(number_of(entry, "PublicPort")),
                     std::to_string(number_of(entry, "PrivatePort")), text_of(entry, "Type")});
  }
  return ports;
}

/// {"8080/tcp": [{"HostIp": "", "HostPort": "8080"}]}
std::vector<PublishedPort> ports_from_inspect(const Json& table) {
  std::vector<PublishedPort> ports;
  if (!table.is_object()) return ports;
  for (const auto& [inside, bindings] : table.items()) {
    if (!bindings.is_array()) continue;
    const auto slash = inside.find('/');
    const auto protocol = slash == std::string::npos ? "tcp" : inside.substr(slash + 1);
    for (const auto& binding : bindings) {
      ports.push_back({text_of(binding, "HostIp"), text_of(binding, "HostPort"),
                       inside.substr(0, slash), protocol});
    }
  }
  return ports;
}

/// Compose's marks, whichever Compose made the instance.
void set_group(InstanceInfo& info) {
  const auto label = [&](const char* key) {
    const auto found = info.labels.find(key);
    return found == info.labels.end() ? std::string() : found->second;
  };
  info.group = label("com.docker.compose.project");
  info.service = label("com.docker.compose.service");
}

InstanceInfo instance_from_entry(const Json& entry) {
  InstanceInfo info;
  info.id = text_of(entry, "Id");
  info.name = own_name(texts_of(entry, "Names"));
  info.image = text_of(entry, "Image");
  info.image_id = text_of(entry, "ImageID");
  info.state = instance_state(text_of(entry, "State"));
  info.status = text_of(entry, "Status");
  info.created = sdk::rfc3339(number_of(entry, "Created"));
  info.labels = map_of(entry, "Labels");
  set_group(info);
  info.ports = ports_from_list(member(entry, "Ports"));
  info.mounts = mounts_from(member(entry, "Mounts"));
  return info;
}

}  // namespace

InstanceState instance_state(std::string_view word) {
  const auto found = std::find_if(states.begin(), states.end(),
                                  [&](const auto& row) { return row.first == word; });
  if (word == "stopped") return InstanceState::stopped;  // Podman's word
  return found == states.end() ? InstanceState::unknown : found->second;
}

std::string list_target(const ListRequest& request) {
  std::string filters;
  if (!request.labels.empty()) filters = dump(Json{{"label", request.labels}});
  return "/containers/json" + query({{"all", request.all ? "1" : ""}, {"filters", filters}});
}

std::vector<InstanceInfo> instances_from_list(std::string_view json) {
  auto list = parse_json(json, Json::value_t::array);
  std::stable_sort(list.begin(), list.end(), [](const Json& a, const Json& b) {
    return number_of(a, "Created") > number_of(b, "Created");
  });
  std::vector<InstanceInfo> instances;
  for (const auto& entry : list) instances.push_back(instance_from_entry(entry));
  return instances;
}

InstanceInfo instance_from_inspect(std::string_view json) {
  const auto all = parse_json(json, Json::value_t::object);
  const auto& config = member(all, "Config");
  const auto& state = member(all, "State");
  InstanceInfo info;
  info.id = text_of(all, "Id");
  info.name = without_slash(text_of(all, "Name"));
  info.image = text_of(config, "Image");
  info.image_id = text_of(all, "Image");
  info.status = text_of(state, "Status");
  info.state = instance_state(info.status);
  info.exit_code = static_cast<int>(number_of(state, "ExitCode"));
  info.created = text_of(all, "Created");
  info.started = text_of(state, "StartedAt");
  info.labels = map_of(config, "Labels");
  set_group(info);
  info.user = text_of(config, "User");
  info.env = texts_of(config, "Env");
  info.mounts = mounts_from(member(all, "Mounts"));
  info.ports = ports_from_inspect(member(member(all, "NetworkSettings"), "Ports"));
  info.detailed = true;
  return info;
}

CreateReply created_from(std::string_view json) {
  const auto all = parse_json(json, Json::value_t::object);
  return {text_of(all, "Id"), texts_of(all, "Warnings")};
}

bool has_terminal(std::string_view json) {
  return flag_of(member(parse_json(json, Json::value_t::object), "Config"), "Tty");
}

int pid_from_inspect(std::string_view json) {
  const auto all = parse_json(json, Json::value_t::object);
  return static_cast<int>(number_of(member(all, "State"), "Pid"));
}

std::string address_from_inspect(std::string_view json) {
  const auto all = parse_json(json, Json::value_t::object);
  if (text_of(member(all, "HostConfig"), "NetworkMode") == "host") return "127.0.0.1";
  const auto& networks = member(member(all, "NetworkSettings"), "Networks");
  if (!networks.is_object()) return {};
  for (const auto& [name, network] : networks.items()) {
    if (auto address = text_of(network, "IPAddress"); !address.empty()) return address;
  }
  return {};
}

}  // namespace fairlead::engine
