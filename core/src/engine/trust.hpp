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

/// Whether the workspace `folder` may work on `host`, which its project names and the user did not
/// add: as above, by an earlier answer or by what allows everything.
bool may_use_host(const Core& core, const Settings& settings, const std::string& folder,
                  const std::string& host);

/// The same workspace, on the host that its project names once the user has allowed that; asks as
/// `require_trust`. Nothing is asked where the caller has chosen the host.
Workspace on_allowed_host(Core& core, Workspace workspace, const Selection& selection,
                          const std::stop_token& stop);

}  // namespace fairlead
