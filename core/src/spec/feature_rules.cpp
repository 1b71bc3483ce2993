#include "base/jsonc.hpp"
#include "spec/judge.hpp"
#include "spec/lifecycle.hpp"
#include "spec/values.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace fairlead {
namespace {

const std::vector<std::string>& feature_properties() {
  static const std::vector<std::string> names = {"id",
                                                 "version",
                                                 "name",
                                                 "description",
                                                 "documentationURL",
                                                 "licenseURL",
                                                 "keywords",
                                                 "options",
                                                 "containerEnv",
                                                 "privileged",
                                                 "init",
                                                 "capAdd",
                                                 "securityOpt",
                                                 "entrypoint",
                                                 "customizations",
                                                 "dependsOn",
                                                 "installsAfter",
                                                 "legacyIds",
                                                 "deprecated",
                                                 "mounts",
                                                 "onCreateCommand",
                                                 "updateContentCommand",
                                                 "postCreateCommand",
                                                 "postStartCommand",
                                                 "postAttachCommand",
                                                 "$schema"};
  return names;
}

void require(const Values& values, std::string_view name, const std::string& owner) {
  const Json* value = values.get(name);
  if (value != nullptr) return;
  values.report({.pointer = values.pointer(name),
                 .code = "config.missing",
                 .message = owner + " needs \"" + std::string(name) + '"'});
}

bool is_feature_id(std::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

/// FEAT-003: what registries and folders can be called.
void judge_id(const Values& values) {
  const std::string id = values.text("id");
  const Json* given = values.get("id");
  if (given == nullptr || !given->is_string() || is_feature_id(id)) return;
  values.warn("id", "config.form",
              "a feature's \"id\" is lower-case letters, digits, '-', '_' and '.'");
}

void judge_mount(const Values& list, const Json& mount, std::size_t index) {
  const std::string pointer = list.pointer("mounts") + '/' + std::to_string(index);
  if (mount.is_string()) {
    list.report({.pointer = pointer,
                 .severity = Severity::warning,
                 .code = "config.form",
                 .message = "a feature's mounts are objects",
                 .hint = "write {\"type\": …, \"source\": …, \"target\": …}"});
    return;
  }
  if (!mount.is_object()) return list.wrong_type(pointer, "a mount", "an object", mount);
  const Values values = list.below("mounts", mount, index);
  values.only({"type", "source", "target"}, "a mount");
  require(values, "type", "a mount");
  require(values, "target", "a mount");
  values.choice("type", {"bind", "volume"});
  values.text("source");
  values.text("target");
}

void judge_default(const Values& values, const Json& option, bool boolean) {
  const Json* given = member(option, "default");
  if (given == nullptr || (boolean ? given->is_boolean() : given->is_string())) return;
  values.wrong_type(values.pointer("default"), "the \"default\"",
                    boolean ? "true or false" : "a string", *given);
}

void judge_option(const Values& all, const std::string& name, const Json& option) {
  const Values values = all.below(name, option);
  require(values, "type", "an option");
  require(values, "default", "an option");
  const auto type = values.choice("type", {"boolean", "string"});
  values.text("description");
  if (!type) return;
  const bool boolean = *type == 0;
  judge_default(values, option, boolean);
  const bool closed = values.get("enum") != nullptr;
  std::vector<std::string> names = {"type", "default", "description"};
  if (!boolean) names.emplace_back(closed ? "enum" : "proposals");
  values.only(names, boolean ? "an option of type \"boolean\""
                             : (closed ? "an option with \"enum\"" : "an option"));
  const auto allowed = values.texts(closed ? "enum" : "proposals");
  const std::string chosen = boolean ? std::string() : text_member(option, "default");
  if (!boolean && closed && !allowed.empty() &&
      std::find(allowed.begin(), allowed.end(), chosen) == allowed.end()) {
    values.warn("default", "config.form", "the default \"" + chosen + "\" is none of \"enum\"");
  }
}

void judge_hooks(const Values& values) {
  for (const HookName& hook : hook_names) {
    const Json* value = values.get(hook.name);
    if (value == nullptr) continue;
    read_lifecycle_command(*value, values.pointer(hook.name), '"' + std::string(hook.name) + '"',
                           values.faults());
  }
}

void judge_feature_values(const Values& values) {
  values.only(feature_properties(), {});
  require(values, "id", "a feature");
  require(values, "version", "a feature");
  judge_id(values);
  for (const char* name : {"version", "name", "description", "documentationURL", "licenseURL",
                           "entrypoint", "$schema"}) {
    values.text(name);
  }
  for (const char* name : {"init", "privileged", "deprecated"}) values.boolean(name);
  for (const char* name : {"keywords", "installsAfter", "legacyIds", "capAdd", "securityOpt"}) {
    values.texts(name);
  }
  for (const char* name : {"customizations", "dependsOn"}) values.object(name);
  values.text_map("containerEnv");
  judge_hooks(values);
  if (const Json* options = values.object("options")) {
    const Values all = values.below("options", *options);
    for (const auto& [name, option] : options->items()) {
      if (all.object(name) != nullptr) judge_option(all, name, option);
    }
  }
  if (const Json* mounts = values.array("mounts")) {
    for (std::size_t i = 0; i < mounts->size(); ++i) judge_mount(values, (*mounts)[i], i);
  }
}

}  // namespace

Judged judge_feature(std::string_view text, const std::string& file) {
  Judged out = read_to_judge(text, file);
  if (!out.root) return out;
  judge_feature_values(Values(*out.root, {}, out.faults, Mode::fairlead, true));
  if (out.broken) {
    out.faults.remove_if([](const Fault& fault) { return fault.code == "config.missing"; });
  }
  return out;
}

}  // namespace fairlead
