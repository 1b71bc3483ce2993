#pragma once

#include "engine/find.hpp"

#include <stop_token>

namespace fairlead {

/// As the reference's `up`: before anything runs, a listed Feature is refused also when there is a
/// container already, and one that runs is stopped. FEAT-060. Throws DisallowedFeature.
void require_allowed_features(Core& core, const UpRequest& request, const Workspace& workspace,
                              const Found& found, std::stop_token stop);

}  // namespace fairlead
