#include "spec/container_values.hpp"

#include "base/jsonc.hpp"
#include "spec/mount.hpp"
#include "spec/port_values.hpp"

#include <fairlead/error.hpp>

#include <string>

namespace fairlead {
namespace {

std::optional<MountType> mount_type(const std::string& name) {
  if (name == "bind") return MountType::bind;
  if (name == "volume") return MountType::volume;
  if (name == "tmpfs") return MountType::tmpfs;
  return std::nullopt;
}

ConfiguredMount mount_object(const Values& values, const std::string& pointer) {
  values.only({"type", "source", "target"}, "a mount");
  ConfiguredMount out;
  const std::string type = values.text("type");
  out.text = "type=" + type + ",target=" + values.text("target");  // what is refused, if it is
  const auto known = mount_type(type);
  if (known == MountType::tmpfs) {
    values.warn("type", "config.form", "the object form of a mount is for \"bind\" and \"volume\"",
                "write \"type=tmpfs,target=" + values.text("target") + "\"");
  }
  const Json* given = values.get("type");
  if (given == nullptr) {
    values.report({.pointer = pointer,
                   .code = "config.missing",
                   .message = "a mount needs a \"type\": \"bind\" or \"volume\""});
    out.mount = {};
    return out;
  }
  if (!given->is_string() || !values.settled(type)) return out;
  out.mount.source = values.text("source");
  out.mount.target = values.text("target");
  if (!known) {
    values.fault_at(
        pointer,
        "a mount's \"type\" must be \"bind\", \"volume\" or \"tmpfs\", not \"" + type + '"');
  } else if (values.get("target") != nullptr && !values.get("target")->is_string()) {
    // has been said
  } else if (out.mount.target.empty()) {
    values.report(
        {.pointer = pointer, .code = "config.missing", .message = "a mount needs a \"target\""});
  } else {
    out.text.clear();
    out.mount.type = *known;
    return out;
  }
  out.mount = {};
  return out;
}

std::optional<ConfiguredMount> read_mount(const Values& values, const Json& item,
                                          std::size_t index) {
  const std::string pointer = values.pointer("mounts") + '/' + std::to_string(index);
  if (item.is_object()) {
    return mount_object(values.below("mounts", item, index), pointer);
  }
  if (!item.is_string()) {
    values.wrong_type(pointer, "each item of \"mounts\"", "a string or an object", item);
    return std::nullopt;
  }
  ConfiguredMount out;
  out.text = item.get<std::string>();
  try {
    out.mount = parse_mount(out.text);
  } catch (const Error& error) {
    if (values.settled(out.text)) values.fault_at(pointer, error.message());
  }
  return out;
}

std::vector<ConfiguredMount> read_mounts(const Values& values) {
  std::vector<ConfiguredMount> out;
  const Json* list = values.array("mounts");
  if (list == nullptr) return out;
  out.reserve(list->size());
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (auto mount = read_mount(values, (*list)[i], i)) out.push_back(std::move(*mount));
  }
  return out;
}

RemoteEnv read_remote_env(const Values& values) {
  RemoteEnv out;
  const Json* all = values.object("remoteEnv");
  if (all == nullptr) return out;
  for (const auto& [name, item] : all->items()) {
    // The reference hands a null on as the text "null" (edge case 40).
    if (item.is_null() && values.mode() == Mode::fairlead) {
      out[name] = std::nullopt;
      continue;
    }
    auto text = values.scalar(item, values.pointer("remoteEnv") + pointer_token(name),
                              '"' + name + "\" in \"remoteEnv\"");
    if (text) out[name] = std::move(*text);
  }
  return out;
}

template <typename Enum>
std::optional<Enum> as_enum(std::optional<std::size_t> index) {
  return index ? std::optional<Enum>(static_cast<Enum>(*index)) : std::nullopt;
}

}  // namespace

void read_container_config(const Values& values, ContainerConfig& out) {
  values.each_text("containerEnv", [&](const std::string& name, std::string value) {
    out.container_env[name] = std::move(value);
  });
  out.remote_env = read_remote_env(values);
  out.container_user = values.text("containerUser");
  out.remote_user = values.text("remoteUser");
  out.init = values.boolean("init");
  out.privileged = values.boolean("privileged");
  out.cap_add = values.texts("capAdd");
  out.security_opt = values.texts("securityOpt");
  out.mounts = read_mounts(values);
  out.override_command = values.boolean("overrideCommand");
  out.update_remote_user_uid = values.boolean("updateRemoteUserUID");
  out.user_env_probe = as_enum<UserEnvProbe>(values.choice(
      "userEnvProbe", {"none", "interactiveShell", "loginShell", "loginInteractiveShell"}));
  out.wait_for = as_enum<WaitFor>(
      values.choice("waitFor", {"initializeCommand", "onCreateCommand", "updateContentCommand",
                                "postCreateCommand", "postStartCommand"}));
  out.shutdown_action = as_enum<ShutdownAction>(
      values.choice("shutdownAction", {"none", "stopContainer", "stopCompose"}));
  out.forward_ports = read_forward_ports(values);
  out.ports_attributes = read_ports_attributes(values);
  out.other_ports_attributes = read_other_ports_attributes(values);
  if (const Json* requirements = values.object("hostRequirements")) {
    out.host_requirements = read_host_requirements(values.below("hostRequirements", *requirements));
  }
}

}  // namespace fairlead
