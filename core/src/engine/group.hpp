#pragma once

#include "engine/workspace.hpp"

#include <memory>
#include <optional>

namespace fairlead {

/// The group of services that a configuration belongs to, and what the group's files say.
struct ServiceGroup {
  Group group;
  ResolveGroupReply resolved;
};

/// What the configuration says of its group; absent: its scenario is another one.
std::optional<Group> group_of(const Core& core, const Workspace& workspace);

/// Of an instance that is there: as above, or by the instance's own marks where the configuration
/// cannot be read. Absent: it stands alone.
std::optional<Group> group_of(const Core& core, const Workspace& workspace,
                              const InstanceInfo& instance);

/// Reads the group's files. By our own name a group that another workspace made under the same name
/// is left to it: ours gets a name of its own. Throws OperationError "group.files",
/// "group.service", both with the reference's words (CMP-019).
ServiceGroup resolve_group(Core& core, const Workspace& workspace, Backend& backend,
                           std::stop_token stop);

/// Throws OperationError "group.service" when one of the services that `up` shall start is not
/// there.
void require_run_services(const Workspace& workspace, const ServiceGroup& services);

/// What runs groups on the engine of `found`: the backend itself or, for an instance of a group,
/// the one that a plugin offers for them.
std::shared_ptr<Backend> group_backend(Core& core, const Settings& settings,
                                       const std::shared_ptr<Backend>& found,
                                       const InstanceInfo& instance);

}  // namespace fairlead
