#pragma once

#include "engine/workspace.hpp"

namespace fairlead {

/// The image that the workspace's configuration starts from, when its registry has a newer one than
/// `backend`; empty: it has not, it is pinned, or nobody can tell. The registry gets two seconds.
std::string newer_base(const Core& core, Backend& backend, const Workspace& workspace,
                       const std::stop_token& stop);

}  // namespace fairlead
