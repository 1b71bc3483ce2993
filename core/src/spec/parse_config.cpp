#include "base/jsonc.hpp"
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
  if (out.service.empty() && values.get("dockerComposeFile") != nullptr) {
    values.fault("dockerComposeFile",
                 "\"dockerComposeFile\" needs \"service\": which one is to be used");
  }
  return out;
}

/// Of several sources the reference takes the Dockerfile, then the image (CFG-017, edge cases 13,
/// 14).
Scenario read_scenario(const Values& values, const Config& config) {
  const bool compose = values.get("dockerComposeFile") != nullptr;
  const bool dockerfile = !config.build.dockerfile.empty();
  const bool image = !config.image.empty();
  if (values.mode() == Mode::fairlead && compose && (dockerfile || image)) {
    values.fault("dockerComposeFile", std::string("\"dockerComposeFile\" and ") +
                                          (image ? "\"image\"" : "a Dockerfile") +
                                          " exclude each other");
  } else if (values.mode() == Mode::fairlead && dockerfile && image) {
    values.fault("image", "\"image\" and a Dockerfile exclude each other");
  }
  if (dockerfile) return Scenario::dockerfile;
  if (image) return Scenario::image;
  return compose ? Scenario::compose : Scenario::none;
}

std::vector<FeatureConfig> read_features(const Values& values) {
  std::vector<FeatureConfig> out;
  const Json* features = values.object("features");
  if (features == nullptr) return out;
  for (const auto& [id, options] : features->items()) {
    const bool good = options.is_object() || options.is_string() || options.is_boolean();
    if (!good && values.mode() == Mode::fairlead) {
      values.fault_at(values.pointer("features") + pointer_token(id),
                      "the options of \"" + id +
                          "\" must be an object, a string or a boolean, not " + kind_of(options));
      continue;
    }
    out.push_back({id, std::make_shared<const Json>(options)});
  }
  return out;
}

LifecycleCommand read_hook(const Values& values, std::string_view name, Faults& faults) {
  const Json* value = values.get(name);
  if (value == nullptr) return {};
  return read_lifecycle_command(*value, values.pointer(name), '"' + std::string(name) + '"',
                                faults);
}

}  // namespace

Config parse_config(const ConfigDocument& document, Faulty faulty) {
  Faults faults;
  const Values values(*document.json, {}, faults, document.variables.mode);
  Config out;
  read_container_config(values, out);
  out.name = values.text("name");
  out.image = values.text("image");
  out.build = read_build(values, document.config_folder());
  out.compose = read_compose(values, document.config_folder());
  out.scenario = read_scenario(values, out);
  out.features = read_features(values);
  out.override_feature_install_order = values.texts("overrideFeatureInstallOrder");
  out.run_args = values.texts("runArgs");
  out.app_ports = read_app_ports(values);
  out.initialize_command = read_hook(values, "initializeCommand", faults);
  for (const HookName& hook : hook_names) {
    auto command = read_hook(values, hook.name, faults);
    if (!command.empty()) out.hooks[hook.hook] = std::move(command);
  }
  values.text("workspaceFolder");
  const Json* mount = values.get("workspaceMount");
  if (mount != nullptr && !mount->is_null()) values.text("workspaceMount");  // null: none, CFG-038
  values.object("customizations");
  if (faulty == Faulty::refuse) faults.throw_if_any(document.source.get(), "the configuration");
  return out;
}

const std::vector<std::string>& known_properties() {
  static const std::vector<std::string> names = {"$schema",
                                                 "name",
                                                 "image",
                                                 "build",
                                                 "dockerFile",
                                                 "context",
                                                 "dockerComposeFile",
                                                 "service",
                                                 "runServices",
                                                 "workspaceFolder",
                                                 "workspaceMount",
                                                 "runArgs",
                                                 "appPort",
                                                 "forwardPorts",
                                                 "portsAttributes",
                                                 "otherPortsAttributes",
                                                 "containerEnv",
                                                 "remoteEnv",
                                                 "containerUser",
                                                 "remoteUser",
                                                 "updateRemoteUserUID",
                                                 "userEnvProbe",
                                                 "overrideCommand",
                                                 "shutdownAction",
                                                 "init",
                                                 "privileged",
                                                 "capAdd",
                                                 "securityOpt",
                                                 "mounts",
                                                 "features",
                                                 "overrideFeatureInstallOrder",
                                                 "customizations",
                                                 "secrets",
                                                 "hostRequirements",
                                                 "initializeCommand",
                                                 "onCreateCommand",
                                                 "updateContentCommand",
                                                 "postCreateCommand",
                                                 "postStartCommand",
                                                 "postAttachCommand",
                                                 "waitFor",
                                                 "codespaces",
                                                 "extensions",
                                                 "settings",
                                                 "devPort"};
  return names;
}

}  // namespace fairlead
