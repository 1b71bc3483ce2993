#pragma once

#include "engine/find.hpp"
#include "engine/instance.hpp"

#include <stop_token>

namespace fairlead {

/// The relay's programs in a folder of the user's, which environments on this machine have as a
/// read-only mount: nothing has to be copied into them, and a root that cannot be written is no
/// matter. The name of a program has its hash, so versions lie beside each other and a newer one is
/// seen by environments that were made before it.

/// As `create_and_start`, with the mount where the engine shares this machine's files. Not in the
/// drop-in, whose containers look as the reference's, nor where the configuration mounts something
/// at the same place. Without a mount the relay is copied: that also where an engine that is
/// reached by a local socket runs on other files, and says so.
CreatedInstance create_with_relay(Core& core, const Workspace& workspace, CreateRequest create,
                                  const ProbeReply& abilities, const Found& found,
                                  const std::stop_token& stop);

/// Whether `instance` has the folder as its mount, so that a relay can be started at once.
bool has_relay_mount(const Core& core, const InstanceInfo& instance);

/// Before a relay is started: has this version's programs lie whole in the folder, should it be in
/// use. Never throws.
void renew_relay_folder(const Core& core);

/// Before `instance` is started: makes the folder again, should the instance mount it and somebody
/// have removed it. An engine starts nothing whose mount has no source. Never throws.
void restore_relay_folder(const Core& core, const InstanceInfo& instance);

}  // namespace fairlead
