#pragma once

#include <fairlead/core.hpp>
#include <fairlead/model.hpp>

#include <string>

namespace fairlead {

/// The relay's programs in a folder of the user's, which environments on this machine have as a
/// read-only mount: nothing has to be copied into them, and a root that cannot be written is no
/// matter. The name of a program has its hash, so versions lie beside each other and a newer one is
/// seen by environments that were made before it.

/// Adds the mount where the engine shares this machine's files. Not in the drop-in, whose
/// containers look as the reference's, nor where the configuration mounts something at the same
/// place. Returns the folder here; empty: there is no mount. Never throws: without a mount the
/// relay is copied.
std::string add_relay_mount(const Core& core, const ProbeReply& probe, CreateRequest& create);

/// Takes the mount out again when `error` is about it: an engine that is reached by a local socket
/// may run on other files. False: it is about something else.
bool drop_relay_mount(const std::string& folder, const Error& error, CreateRequest& create);

/// Before a relay is started: has this version's programs lie whole in the folder, should it be in
/// use. Never throws.
void renew_relay_folder(const Core& core);

}  // namespace fairlead
