#pragma once

#include <fairlead/abi.h>

#include <string>

namespace fairlead {

/// Loads the plugin library at `path` and returns its entry, checked against our ABI. A library is
/// loaded once per process (`RTLD_NOW | RTLD_LOCAL`) and never unloaded: glibc often cannot unload
/// C++ anyway, and code that still runs on a thread of its own would lose the ground it stands on.
/// Thread-safe. Throws Error(failed, "plugin.load") whose message is the reason alone.
const fairlead_plugin& load_library(const std::string& path);

/// The reason why `path` cannot be loaded that can be told without loading it; "" when none is
/// known.
std::string file_problem(const std::string& path);

}  // namespace fairlead
