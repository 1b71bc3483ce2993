#pragma once

#include <cstdint>

namespace fairlead {

/// Opens one of the core's own modules, which lie in lib/fairlead/core beside the program's folder
/// (or in fairlead/core beside a library that this is linked into), and returns its table: the
/// symbol `symbol`, which begins with a version number that must be `version`. Never unloaded.
/// Thread-safe; slow at the first time only when the caller keeps the result.
/// Throws Error "module.missing" (unavailable), "module.version".
const void* load_module(const char* file, const char* symbol, std::uint32_t version);

}  // namespace fairlead
