#include "base/json_text.hpp"
#include "base/jsonc.hpp"
#include "spec/container_values.hpp"
#include "spec/lifecycle.hpp"
#include "spec/merge.hpp"
#include "spec/substitute.hpp"

#include <fairlead/overlay.hpp>

#include <array>
#include <memory>
#include <string>
#include <utility>

namespace fairlead {
namespace {

/// In the order in which they are recorded.
constexpr std::array<std::string_view, 24> config_properties = {"onCreateCommand",
                                                                "updateContentCommand",
                                                                "postCreateCommand",
                                                                "postStartCommand",
                                                                "postAttachCommand",
                                                                "waitFor",
                                                                "customizations",
                                                                "mounts",
                                                                "containerEnv",
                                                                "containerUser",
                                                                "init",
                                                                "privileged",
                                                                "capAdd",
                                                                "securityOpt",
                                                                "remoteUser",
                                                                "userEnvProbe",
                                                                "remoteEnv",
                                                                "overrideCommand",
                                                                "portsAttributes",
                                                                "otherPortsAttributes",
                                                                "forwardPorts",
                                                                "shutdownAction",
                                                                "updateRemoteUserUID",
                                                                "hostRequirements"};

constexpr std::array<std::string_view, 12> feature_properties = {"onCreateCommand",
                                                                 "updateContentCommand",
                                                                 "postCreateCommand",
                                                                 "postStartCommand",
                                                                 "postAttachCommand",
                                                                 "init",
                                                                 "privileged",
                                                                 "capAdd",
                                                                 "securityOpt",
                                                                 "entrypoint",
                                                                 "mounts",
                                                                 "customizations"};

constexpr std::array<std::string_view, 3> refreshed_properties = {"remoteUser", "userEnvProbe",
                                                                  "remoteEnv"};

template <typename Names>
void pick(const Json& from, const Names& names, Json& into) {
  for (const std::string_view name : names) {
    if (name.empty()) continue;
    if (const Json* value = member(from, name)) set_member(into, name, *value);
  }
}

template <typename Names>
std::optional<MetadataEntry> entry_of(const Json& from, const Names& names) {
  Json entry = Json::object();
  pick(from, names, entry);
  if (entry.empty()) return std::nullopt;
  return MetadataEntry{std::make_shared<const Json>(std::move(entry))};
}

/// Entries as far substituted as the document itself (VAR-021).
std::vector<Json> substituted(const ConfigDocument& document,
                              const std::vector<MetadataEntry>& entries) {
  const Variables& known = document.variables;
  Variables local = known;
  local.devcontainer_id.clear();
  local.container_environment.reset();
  std::vector<Json> out;
  for (const auto& entry : entries) {
    if (entry.json->empty()) continue;
    Json value = substitute(local, *entry.json);
    if (!known.devcontainer_id.empty()) {
      value = substitute(id_variables(known, known.devcontainer_id), value);
    }
    if (known.container_environment) {
      value = substitute(container_variables(known, *known.container_environment), value);
    }
    out.push_back(std::move(value));
  }
  return out;
}

/// Who stands behind an entry, as the user reads it while a hook runs.
std::string origin_of(const Json& entry) {
  const std::string id = text_member(entry, "id");
  return id.empty() ? "devcontainer.json" : "Feature '" + id + "'";
}

using Origins = std::vector<std::pair<Hook, std::vector<std::string>>>;

Origins origins_of(const std::vector<Json>& entries) {
  Origins out;
  for (const HookName& hook : hook_names) {
    out.emplace_back(hook.hook, std::vector<std::string>());
    for (const Json& entry : entries) {
      if (truthy(member(entry, hook.name))) out.back().second.push_back(origin_of(entry));
    }
  }
  return out;
}

void read_hooks(const Values& values, const HookName& hook, const std::vector<std::string>& origins,
                MergedConfig& out, Faults& faults) {
  const Json* list = values.get(hook.plural);
  if (list == nullptr) return;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto command = read_lifecycle_command((*list)[i], values.pointer(hook.name),
                                          '"' + std::string(hook.name) + '"', faults);
    if (command.empty()) continue;
    out.hooks[hook.hook].push_back({i < origins.size() ? origins[i] : "", std::move(command)});
  }
}

/// The reference's numbers of no requirement at all are no faults of the user's. nullopt: there are
/// none.
std::optional<Json> without_infinity(const Json& merged) {
  const Json* requirements = member(merged, "hostRequirements");
  if (requirements == nullptr || text_member(*requirements, "memory") != "-Infinity") {
    return std::nullopt;
  }
  Json out = merged;
  out.erase("hostRequirements");
  return out;
}

MergedConfig typed(Json merged, Origins origins, Mode mode, Faulty faulty) {
  MergedConfig out;
  out.mode = mode;
  const auto changed = without_infinity(merged);
  const Json& readable = changed ? *changed : merged;
  Faults faults;
  const Values values(readable, {}, faults, mode);
  read_container_config(values, out);
  out.entrypoints = values.texts("entrypoints");
  for (std::size_t i = 0; i < hook_names.size(); ++i) {
    read_hooks(values, hook_names[i], origins[i].second, out, faults);
  }
  // What an image says about ports and machines is no reason not to start a container from it.
  faults.remove_if([](const Fault& fault) {
    return fault.code == "config.value" && (fault.pointer.starts_with("/portsAttributes") ||
                                            fault.pointer.starts_with("/otherPortsAttributes") ||
                                            fault.pointer.starts_with("/hostRequirements"));
  });
  if (faulty == Faulty::refuse) faults.throw_if_any(nullptr, "the merged configuration");
  out.json = std::make_shared<const Json>(std::move(merged));
  out.origins = std::move(origins);
  return out;
}

}  // namespace

std::vector<MetadataEntry> metadata_of_label(std::string_view label,
                                             const std::function<void(std::string)>& warn) {
  std::vector<MetadataEntry> out;
  Json json;
  try {
    const JsoncOptions strict{"the label devcontainer.metadata", false};
    json = read_jsonc(label, strict).value_or(Json());
  } catch (const Error& error) {
    if (!label.empty()) warn("Error parsing image metadata: " + error.message());
    return out;
  }
  if (json.is_object()) json = Json::array({std::move(json)});
  if (!json.is_array()) {
    if (!label.empty()) warn("Invalid image metadata: " + std::string(label));
    return out;
  }
  for (Json& entry : json) {
    if (entry.is_object()) {
      out.push_back({std::make_shared<const Json>(std::move(entry))});
    } else {
      warn("Invalid image metadata entry: " + json_text(entry));
    }
  }
  return out;
}

std::optional<MetadataEntry> metadata_entry(const ConfigDocument& document, bool with_remote_env) {
  auto names = config_properties;
  for (auto& name : names) {
    if (name == "remoteEnv" && !with_remote_env) name = {};
  }
  return entry_of(*document.raw, names);
}

std::vector<MetadataEntry> own_metadata_entries(const ConfigDocument& document,
                                                bool with_remote_env) {
  auto names = config_properties;
  for (auto& name : names) {
    if (name == "remoteEnv" && !with_remote_env) name = {};
  }
  std::vector<MetadataEntry> out;
  for (const auto& layer : config_layers(document)) {
    if (auto entry = entry_of(*layer.raw, names)) out.push_back(std::move(*entry));
  }
  return out;
}

std::optional<MetadataEntry> refreshed_entry(const ConfigDocument& document) {
  return entry_of(*document.raw, refreshed_properties);
}

MetadataEntry metadata_entry_of_feature(const std::string& id, std::string_view metadata,
                                        bool with_customizations) {
  const auto json = read_jsonc(metadata, {"devcontainer-feature.json of " + id, false});
  if (!json || !json->is_object()) {
    throw Error(Status::invalid, "features.metadata",
                "the devcontainer-feature.json of '" + id + "' is no JSON object");
  }
  Json entry = Json::object();
  entry["id"] = id;
  auto names = feature_properties;
  for (auto& name : names) {
    if (name == "customizations" && !with_customizations) name = {};
  }
  pick(*json, names, entry);
  return {std::make_shared<const Json>(std::move(entry))};
}

std::string metadata_label(const std::vector<MetadataEntry>& entries) {
  std::string out = "[";
  for (const auto& entry : entries) {
    if (out.size() > 1) out += ',';
    out += json_text(*entry.json);
  }
  return out + ']';
}

MergedConfig merge(const ConfigDocument& document, const std::vector<MetadataEntry>& entries,
                   Faulty faulty) {
  const auto values = substituted(document, entries);
  return typed(merge_json(*document.json, values, document.variables.mode), origins_of(values),
               document.variables.mode, faulty);
}

MergedConfig substitute_container_env(MergedConfig merged, const Environment& environment) {
  Variables variables;
  variables.mode = merged.mode;
  const Variables stage = container_variables(variables, environment);
  return typed(substitute(stage, *merged.json), std::move(merged.origins), merged.mode,
               Faulty::ignore);  // judged when it was merged
}

std::string merged_configuration_json(const MergedConfig& merged) {
  return json_text(*merged.json);
}

}  // namespace fairlead
