#pragma once

#include "features/archive_table.hpp"

namespace fairlead {

/// The module with libarchive, loaded by the first call. Throws Error "module.*".
const ArchiveTable& archive_module();

/// Whether anybody may execute it: all of the permissions that is kept.
inline bool is_program(unsigned mode) { return (mode & 0111U) != 0; }

}  // namespace fairlead
