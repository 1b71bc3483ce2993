#pragma once

#include "engine/find.hpp"
#include "engine/hooks.hpp"

namespace fairlead {

/// The configuration as the instance has it: what its metadata label recorded plus, when the
/// instance was found by its id labels, the properties that may change without a rebuild. Without a
/// label it is the file's. IMG-032, edge case 44.
MergedConfig merged_for_instance(const Core& core, const Workspace& workspace,
                                 const InstanceInfo& instance);

/// What was found, in detail. Throws "environment.not_running" unless it runs.
InstanceInfo running_instance(const Found& found, std::stop_token stop);

/// Everything that a process in the instance needs; one exec unless the answers are known.
/// `instance` is detailed and running.
Session open_session(Core& core, const Workspace& workspace,
                     const std::shared_ptr<Backend>& backend, const InstanceInfo& instance,
                     const RemoteEnvironmentOptions& options, bool need_markers,
                     std::stop_token stop);

}  // namespace fairlead
