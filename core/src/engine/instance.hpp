#pragma once

#include "engine/image.hpp"
#include "engine/system_setup.hpp"

namespace fairlead {

/// The structured form of "docker run" for a new instance; pure. Step 9 of `up`, reference order:
/// published ports, workspace mount, mounts, id labels, environment, user, run arguments.
/// CFG-032..055, LIFE-023..025, FEAT-025.
CreateRequest create_request(const Workspace& workspace, const MergedConfig& merged,
                             const ImageResult& image, const UpRequest& request,
                             const ProbeReply& probe);

/// The shell text that keeps an instance alive after running the features' entry points.
std::string keep_alive_script(const std::vector<std::string>& entrypoints);

/// The same for a service: the reference's has a space before each further line, which comes of how
/// it writes its file for Compose. Pure.
std::string service_script(const MergedConfig& merged);

/// A name that two callers choose alike for one workspace, so that the engine decides who made it.
std::string instance_name(const Workspace& workspace);

/// Creates and starts. A name that is taken by the workspace's own container means that somebody
/// else was faster: that one is adopted. An instance that cannot be started is removed again.
/// `created` says whether it was made here.
struct CreatedInstance {
  InstanceInfo instance;
  bool created = true;
  std::optional<WantedIds> wanted_ids = {};
  std::shared_ptr<InPlaceFeatures> in_place = {};  ///< what is still to be installed inside
};
CreatedInstance create_and_start(Core& core, const Workspace& workspace, CreateRequest request,
                                 const std::shared_ptr<Backend>& backend, std::stop_token stop);

/// Starts a stopped instance, with the services of its group; its id may change.
InstanceInfo start_instance(Core& core, const InstanceInfo& instance,
                            const std::shared_ptr<Backend>& backend, std::stop_token stop,
                            const std::optional<Group>& group = {});

/// The same for one that was there before: a failure names it. Throws OperationError.
InstanceInfo restart_instance(Core& core, const InstanceInfo& instance,
                              const std::shared_ptr<Backend>& backend, std::stop_token stop,
                              const std::optional<Group>& group);

}  // namespace fairlead
