#include "spec/merge.hpp"

#include "base/json_text.hpp"
#include "spec/javascript.hpp"
#include "spec/lifecycle.hpp"
#include "spec/merge_requirements.hpp"
#include "spec/mount.hpp"
#include "spec/object_builder.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace fairlead {
namespace {

using Entries = std::vector<Json>;

/// Every entry's member called `name` that is there.
std::vector<const Json*> all(const Entries& entries, std::string_view name) {
  std::vector<const Json*> out;
  for (const Json& entry : entries) {
    if (const Json* value = member(entry, name)) out.push_back(value);
  }
  return out;
}

bool any_true(const Entries& entries, std::string_view name) {
  const auto values = all(entries, name);
  return std::any_of(values.begin(), values.end(), truthy);
}

std::optional<Json> last_truthy(const Entries& entries, std::string_view name) {
  const auto values = all(entries, name);
  const auto found = std::find_if(values.rbegin(), values.rend(), truthy);
  return found == values.rend() ? std::nullopt : std::optional<Json>(**found);
}

std::optional<Json> last_boolean(const Entries& entries, std::string_view name) {
  const auto values = all(entries, name);
  const auto found = std::find_if(values.rbegin(), values.rend(),
                                  [](const Json* value) { return value->is_boolean(); });
  return found == values.rend() ? std::nullopt : std::optional<Json>(**found);
}

/// A list that is left out when it is empty.
std::optional<Json> unless_empty(Json list) {
  return list.empty() ? std::nullopt : std::optional<Json>(std::move(list));
}

/// The items of all lists of that name. To the reference a value that is no list is its own item.
std::vector<const Json*> all_items(const Entries& entries, std::string_view name, Mode mode) {
  std::vector<const Json*> out;
  for (const Json* list : all(entries, name)) {
    if (mode == Mode::drop_in ? !truthy(list) : !list->is_array()) continue;
    const auto items = javascript::items_of(*list);
    out.insert(out.end(), items.begin(), items.end());
  }
  return out;
}

std::optional<Json> union_of(const Entries& entries, std::string_view name, Mode mode) {
  Json out = Json::array();
  std::unordered_set<std::string> seen;
  for (const Json* item : all_items(entries, name, mode)) {
    // To JavaScript no object is another one.
    const bool distinct = mode == Mode::drop_in && item->is_structured();
    if (distinct || seen.insert(json_text(*item)).second) out.push_back(*item);
  }
  return unless_empty(std::move(out));
}

Json list_of(const Entries& entries, std::string_view name) {
  Json out = Json::array();
  for (const Json* value : all(entries, name)) {
    if (truthy(value)) out.push_back(*value);
  }
  return out;
}

constexpr std::string_view local_prefix = "localhost:";

std::optional<Json> local_port(std::string_view text) {
  if (text.substr(0, local_prefix.size()) != local_prefix) return std::nullopt;
  const std::string_view port = text.substr(local_prefix.size());
  const bool plain = !port.empty() && port.size() <= 9 &&
                     port.find_first_not_of("0123456789") == std::string_view::npos;
  return plain ? std::optional<Json>(std::stoi(std::string(port))) : std::nullopt;
}

/// The reference looks for "localhost:" with a digit behind it anywhere, and takes the number at
/// the tenth character, or null when there is none.
Json port_in_javascript(const std::string& text) {
  const std::size_t at = text.find(local_prefix);
  const char behind = at == std::string::npos ? '\0' : text.c_str()[at + local_prefix.size()];
  if (behind < '0' || behind > '9') return text;
  const char* begin = text.c_str() + local_prefix.size();
  char* end = nullptr;
  const long long port = std::strtoll(begin, &end, 10);
  return end == begin ? Json() : Json(port);
}

/// Port n and "localhost:n" are the same (IMG-023).
std::optional<Json> forward_ports(const Entries& entries, Mode mode) {
  Json out = Json::array();
  std::unordered_set<std::string> seen;
  for (const Json* item : all_items(entries, "forwardPorts", mode)) {
    const std::string text =
        item->is_number() ? std::string(local_prefix) + scalar_text(*item) : scalar_text(*item);
    if (!seen.insert(text).second) continue;
    if (mode == Mode::drop_in && (item->is_number() || item->is_string())) {
      out.push_back(port_in_javascript(text));
    } else {
      out.push_back(local_port(text).value_or(*item));
    }
  }
  return unless_empty(std::move(out));
}

/// What makes two mounts the same: "t" and the target. To the reference all mounts without a target
/// are one; otherwise they are left for whoever reports them.
std::string mount_key(const Json& mount, Mode mode) {
  std::optional<std::string> target;
  if (mount.is_string()) {
    target = mount_target(mount.get_ref<const std::string&>(), mode);
  } else if (member(mount, "target") != nullptr) {
    target = text_member(mount, "target");
  }
  if (target) return 't' + *target;
  return mode == Mode::drop_in ? "none" : std::string();
}

/// Of mounts on one target the last survives, at its own place (IMG-014, 015).
std::optional<Json> mounts(const Entries& entries, Mode mode) {
  const std::vector<const Json*> list = all_items(entries, "mounts", mode);
  std::unordered_set<std::string> taken;
  std::vector<const Json*> kept;
  for (auto mount = list.rbegin(); mount != list.rend(); ++mount) {
    const std::string key = mount_key(**mount, mode);
    if (key.empty() || taken.insert(key).second) kept.push_back(*mount);
  }
  Json out = Json::array();
  for (auto mount = kept.rbegin(); mount != kept.rend(); ++mount) out.push_back(**mount);
  return unless_empty(std::move(out));
}

/// Each tool's contributions as a list, in entry order (IMG-018).
std::optional<Json> customizations(const Entries& entries, Mode mode) {
  ObjectBuilder out;
  for (const Json* value : all(entries, "customizations")) {
    if (mode == Mode::fairlead && !value->is_object()) continue;
    for (const auto& [tool, content] : javascript::members_of(*value)) {
      if (out.find(tool) == nullptr) out.set(tool, Json::array());
      out.find(tool)->push_back(content);
    }
  }
  return unless_empty(out.take());
}

/// Per member the last value wins, null too; the place is the first one's.
Json assigned(const Entries& entries, std::string_view name, Mode mode) {
  ObjectBuilder out;
  for (const Json* value : all(entries, name)) {
    if (mode == Mode::fairlead && !value->is_object()) continue;
    for (auto& [key, item] : javascript::members_of(*value)) out.set(key, std::move(item));
  }
  return out.take();
}

/// Members that the merge replaces by others with a plural name, or moves behind.
bool is_replaced(std::string_view name) {
  const bool hook = std::any_of(hook_names.begin(), hook_names.end(),
                                [&](const HookName& one) { return one.name == name; });
  return hook || name == "entrypoint" || name == "customizations" || name == "shutdownAction";
}

class Result {
 public:
  explicit Result(const Json& config) {
    if (!config.is_object()) return;
    // Names are distinct already.
    auto& members = json_.get_ref<Json::object_t&>();
    members.reserve(config.size());
    for (const auto& [name, value] : config.items()) {
      if (!is_replaced(name)) members.emplace_back(name, value);
    }
  }

  /// In the place of the configuration's own value, which goes when there is none.
  void set(std::string_view name, std::optional<Json> value) {
    if (value) {
      set_member(json_, name, std::move(*value));
    } else {
      json_.erase(std::string(name));
    }
  }

  Json take() { return std::move(json_); }

 private:
  Json json_ = Json::object();
};

}  // namespace

Json merge_json(const Json& config, const Entries& entries, Mode mode) {
  Result out(config);
  out.set("init", any_true(entries, "init"));
  out.set("privileged", any_true(entries, "privileged"));
  out.set("capAdd", union_of(entries, "capAdd", mode));
  out.set("securityOpt", union_of(entries, "securityOpt", mode));
  out.set("entrypoints", unless_empty(list_of(entries, "entrypoint")));
  out.set("mounts", mounts(entries, mode));
  out.set("customizations", customizations(entries, mode));
  for (const HookName& hook : hook_names) out.set(hook.plural, list_of(entries, hook.name));
  for (const char* name : {"waitFor", "remoteUser", "containerUser", "userEnvProbe"}) {
    out.set(name, last_truthy(entries, name));
  }
  out.set("remoteEnv", assigned(entries, "remoteEnv", mode));
  out.set("containerEnv", assigned(entries, "containerEnv", mode));
  out.set("overrideCommand", last_boolean(entries, "overrideCommand"));
  out.set("portsAttributes", assigned(entries, "portsAttributes", mode));
  out.set("otherPortsAttributes", last_truthy(entries, "otherPortsAttributes"));
  out.set("forwardPorts", forward_ports(entries, mode));
  out.set("shutdownAction", last_truthy(entries, "shutdownAction"));
  out.set("updateRemoteUserUID", last_boolean(entries, "updateRemoteUserUID"));
  out.set("hostRequirements", merge_requirements(entries, mode));
  return out.take();
}

}  // namespace fairlead
