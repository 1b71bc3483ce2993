#include "base/jsonc.hpp"
#include "spec/config_values.hpp"
#include "spec/container_values.hpp"
#include "spec/lifecycle.hpp"
#include "spec/port_values.hpp"
#include "spec/posix_path.hpp"
#include "spec/values.hpp"

#include <fairlead/config.hpp>

#include <memory>
#include <string>
#include <utility>

namespace fairlead {
namespace {

/// `build`, or an empty object in its place.
const Json& build_object(const Values& values) {
  static const Json none = Json::object();
  const Json* build = values.object("build");
  return build == nullptr ? none : *build;
}

/// Paths are relative to the configuration's folder (CFG-019); the context's default is the
/// Dockerfile's own folder, not the configuration's (CFG-023, edge case 15).
BuildConfig read_build(const Values& values, const std::string& folder) {
  const Values build = values.below("build", build_object(values));
  build.only({"dockerfile", "context", "target", "args", "cacheFrom", "options"}, "\"build\"");
  BuildConfig out;
  out.target = build.text("target");
  out.args = build.text_map("args");
  out.cache_from = build.texts("cacheFrom", true);
  out.options = build.texts("options");

  const bool legacy = values.get("dockerFile") != nullptr;
  const std::string dockerfile = legacy ? values.text("dockerFile") : build.text("dockerfile");
  const std::string context = legacy ? values.text("context") : build.text("context");
  if (!legacy && build.get("dockerfile") == nullptr) return out;
  out.dockerfile = posix_path::resolve(folder, dockerfile);
  out.context =
      context.empty() ? posix_path::dirname(out.dockerfile) : posix_path::resolve(folder, context);
  return out;
}

ComposeConfig read_compose(const Values& values, const std::string& folder) {
  ComposeConfig out;
  for (const auto& file : values.texts("dockerComposeFile", true)) {
    out.files.push_back(posix_path::resolve(folder, file));
  }
  out.service = values.text("service");
  out.run_services = values.texts("runServices");
  return out;
}

std::vector<FeatureConfig> read_features(const Values& values) {
  std::vector<FeatureConfig> out;
  const Json* features = values.object("features");
  if (features == nullptr) return out;
  for (const auto& [id, options] : features->items()) {
    const bool good = options.is_object() || options.is_string() || options.is_boolean();
    if (!good && values.mode() == Mode::fairlead) {
      values.wrong_type(values.pointer("features") + pointer_token(id),
                        "what \"" + id + "\" is given", "an object, a string or a boolean",
                        options);
      continue;
    }
    out.push_back({id, std::make_shared<const Json>(options)});
  }
  return out;
}

/// Anything empty means no mount, null too (CFG-038).
void read_workspace_mount(const Values& values) {
  const Json* mount = values.get("workspaceMount");
  if (mount == nullptr || !mount->is_null()) {
    values.text("workspaceMount");
  } else {
    values.warn("workspaceMount", "config.form", "\"workspaceMount\" is null",
                "write \"\" for a workspace that is not mounted");
  }
}

LifecycleCommand read_hook(const Values& values, std::string_view name, Faults& faults) {
  const Json* value = values.get(name);
  if (value == nullptr) return {};
  return read_lifecycle_command(*value, values.pointer(name), '"' + std::string(name) + '"',
                                faults);
}

}  // namespace

Config read_config_values(const Values& values, const std::string& folder) {
  Config out;
  read_container_config(values, out);
  values.text("$schema");
  out.name = values.text("name");
  out.image = values.text("image");
  out.build = read_build(values, folder);
  out.compose = read_compose(values, folder);
  out.scenario = read_scenario(values, out);
  out.features = read_features(values);
  out.override_feature_install_order = values.texts("overrideFeatureInstallOrder");
  out.run_args = values.texts("runArgs");
  out.app_ports = read_app_ports(values);
  out.initialize_command = read_hook(values, "initializeCommand", values.faults());
  for (const HookName& hook : hook_names) {
    auto command = read_hook(values, hook.name, values.faults());
    if (!command.empty()) out.hooks[hook.hook] = std::move(command);
  }
  values.text("workspaceFolder");
  read_workspace_mount(values);
  values.object("customizations");
  judge_secrets(values);
  return out;
}

Config parse_config(const ConfigDocument& document, Faulty faulty,
                    std::vector<Diagnostic>* advice) {
  Faults faults(advice != nullptr);
  const Values values(*document.json, {}, faults, document.variables.mode);
  Config out = read_config_values(values, document.config_folder());
  if (faulty == Faulty::refuse) faults.throw_if_any(document.source.get(), "the configuration");
  if (advice == nullptr) return out;
  for (auto& said : faults.diagnostics(document.source.get())) {
    if (said.severity != Severity::error) advice->push_back(std::move(said));
  }
  return out;
}

}  // namespace fairlead
