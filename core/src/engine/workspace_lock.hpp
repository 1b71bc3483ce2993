#pragma once

#include "base/lock.hpp"

#include <fairlead/core.hpp>

namespace fairlead {

/// The workspace's lock, held by whoever changes its environment or image: a second one waits and
/// finds what the first one made. `purpose` is what others are told meanwhile ("up").
FileLock lock_workspace(const Core& core, const Identity& identity, std::string_view purpose,
                        std::stop_token stop);

}  // namespace fairlead
