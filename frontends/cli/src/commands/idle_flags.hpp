#pragma once

#include "arguments.hpp"

#include <fairlead/events.hpp>

namespace fairlead::cli {

/// Says which of the given flags are understood but do nothing in this version, so that nobody
/// relies on them unknowingly.
void warn_about_idle_flags(const Arguments& arguments, EventSink& log);

}  // namespace fairlead::cli
