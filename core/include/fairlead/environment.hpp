#pragma once

#include <fairlead/model.hpp>

namespace fairlead {

/// The caller's variables. The only place that looks at `environ`; call it before threads start.
Environment capture_environment();

}  // namespace fairlead
