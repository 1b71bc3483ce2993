#pragma once

#include <fairlead/core.hpp>

namespace fairlead {

/// Options of a call whose output, progress and warnings go to the core's log; output and progress
/// at `level`.
CallOptions logged_call(const Core& core, std::stop_token stop, LogLevel level = LogLevel::info);

}  // namespace fairlead
