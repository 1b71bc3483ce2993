#pragma once

#include "engine/workspace.hpp"

#include <fairlead/backend.hpp>

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace fairlead {

/// On instances whose features were installed inside and not into an image: an `up` that finds one
/// brings its features up to date. Backends that build images never have it.
inline constexpr const char* in_place_key = "dev.fairlead.features";

/// Features that are to be installed in a running instance, one after the other, as root.
struct InPlaceFeatures {
  std::unique_ptr<FeatureInstaller> installer;  ///< keeps the folders of `features`
  std::vector<PlannedFeature> features;
  std::string container_user;  ///< empty: the instance's
  std::string remote_user;     ///< empty: `container_user`
  bool exec_user = true;       ///< a user can be chosen; else commands run as the instance's
};

/// Whether features go into the running instance: the setting `feature_installer` says so, or
/// leaves it to us and the backend builds no images.
bool installs_in_place(const Settings& settings, const Capabilities& capabilities);

/// Whether the instance was made to have its features installed inside.
bool has_features_inside(const InstanceInfo& instance);

/// Marks an instance that is to be made, and gives it the features' containerEnv as far as that is
/// known before it runs: what refers to other values is set by login shells only.
void prepare_for_in_place(const InPlaceFeatures& features, CreateRequest& create);

/// What the configuration asks for, in short: as long as it stays, nothing has to be planned.
std::string wanted_in_place(const Workspace& workspace, const std::string& additional_features);

/// Whether all of `wanted` was installed in the instance before: one command inside.
bool installed_in_place(Backend& backend, const InstanceInfo& instance, const std::string& wanted,
                        std::stop_token stop);

/// Installs what is missing and what has other options or another content than the record inside
/// says; run again it does nothing. Each feature is recorded when it is done, so that the next try
/// goes on behind it. What needs no restart of the instance is done: containerEnv for login shells,
/// entrypoints of what is new. Needs sh, tar and grep inside.
/// Throws OperationError "features.install_failed" with the feature and the end of its output;
/// what the backend throws.
void install_in_place(Core& core, const Workspace& workspace, Backend& backend,
                      const InstanceInfo& instance, const InPlaceFeatures& features,
                      const std::string& wanted, std::stop_token stop);

}  // namespace fairlead
