#pragma once

#include "engine/find.hpp"
#include "engine/instance.hpp"

namespace fairlead {

/// Features that live inside follow the configuration without a new instance: what `made` still
/// lacks is installed; in one that was found, what has changed since. Nothing for instances whose
/// features stand in their image. Throws what install_in_place, planning and the backend throw.
void update_in_place(Core& core, const UpRequest& request, const Workspace& workspace,
                     const Found& found, CreatedInstance& made, const std::stop_token& stop);

}  // namespace fairlead
