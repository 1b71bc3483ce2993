#pragma once

#include "engine/workspace.hpp"

#include <stop_token>
#include <string>
#include <vector>

namespace fairlead {

/// Step 5 of `up`: sees to it that the user has allowed every wish of this workspace: by an earlier
/// answer, kept per workspace and wish in the state folder, by `--trust`, by the setting, or by
/// being asked now. A wish that has changed is a new one. The drop-in allows everything, as the
/// reference does.
/// Throws "trust.needed" when nobody can be asked, "trust.refused" when the answer is no.
void require_trust(Core& core, const Workspace& workspace, const std::vector<std::string>& wishes,
                   const std::stop_token& stop);

}  // namespace fairlead
