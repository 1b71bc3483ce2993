#include "engine/capabilities.hpp"

#include <algorithm>

namespace fairlead {
namespace {

bool builds_locally(const Capabilities& capabilities) {
  return std::ranges::find(capabilities.build, "local") != capabilities.build.end();
}

void add_mount_needs(const std::vector<ConfiguredMount>& mounts, const Capabilities& capabilities,
                     std::vector<Need>& needs) {
  for (const auto& configured : mounts) {
    if (configured.mount.type == MountType::bind) {
      needs.push_back({"mounts", "live_binds", capabilities.live_binds});
    } else if (configured.mount.type == MountType::volume) {
      needs.push_back({"mounts", "named_volumes", capabilities.named_volumes});
    }
  }
}

}  // namespace

std::vector<Need> needs_of(const Config& config, const Capabilities& capabilities,
                           bool features_in_place) {
  std::vector<Need> needs;
  const auto ask = [&](bool asked, std::string property, std::string capability, bool met) {
    if (asked) needs.push_back({std::move(property), std::move(capability), met});
  };
  ask(config.scenario == Scenario::dockerfile, "build.dockerfile", "build",
      builds_locally(capabilities));
  ask(!config.features.empty() && !features_in_place, "features", "build",
      builds_locally(capabilities));
  const bool group = config.scenario == Scenario::compose;
  ask(group, "dockerComposeFile", "service_groups", capabilities.service_groups);
  // Neither has any effect on services. CMP-018.
  ask(!group && !config.run_args.empty(), "runArgs", "run_args", capabilities.run_args);
  ask(!group && !config.app_ports.empty(), "appPort", "publish", capabilities.publish);
  return needs;
}

std::vector<Need> needs_of(const MergedConfig& merged, const Capabilities& capabilities) {
  std::vector<Need> needs;
  const auto ask = [&](bool asked, std::string property, std::string capability, bool met) {
    if (asked) needs.push_back({std::move(property), std::move(capability), met});
  };
  ask(merged.privileged.value_or(false), "privileged", "privileged", capabilities.privileged);
  ask(!merged.cap_add.empty(), "capAdd", "capabilities", capabilities.capabilities);
  ask(!merged.security_opt.empty(), "securityOpt", "capabilities", capabilities.capabilities);
  ask(!merged.remote_user.empty(), "remoteUser", "exec_user", capabilities.exec_user);
  add_mount_needs(merged.mounts, capabilities, needs);
  return needs;
}

void require_capabilities(const std::vector<Need>& needs, const std::string& backend,
                          const std::string& config_file) {
  std::string missing;
  for (const auto& need : needs) {
    if (need.met) continue;
    const auto words = "'" + need.property + "' needs the capability '" + need.capability + "'";
    if (missing.find(words) != std::string::npos) continue;
    missing += (missing.empty() ? "" : "; ") + words;
  }
  if (missing.empty()) return;
  throw Error(Status::unsupported, "backend.capability",
              "The backend '" + backend + "' cannot run this configuration: " + missing + ".",
              "Choose another backend with --backend, or take the property out of the file.")
      .at({.file = config_file});
}

}  // namespace fairlead
