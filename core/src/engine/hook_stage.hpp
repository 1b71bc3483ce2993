#pragma once

#include "engine/find.hpp"
#include "engine/instance.hpp"

namespace fairlead {

/// What `up` does not wait for, as its result says it.
struct Rest {
  UniqueFd lock;
  std::string log;
};

/// Step 11 of `up`: runs the lifecycle commands that are due in `made`, up to the one that waitFor
/// names where the rest may be left. Throws OperationError.
Rest run_hook_stage(Core& core, const UpRequest& request, const Workspace& workspace,
                    const Found& found, const CreatedInstance& made, std::stop_token stop);

}  // namespace fairlead
