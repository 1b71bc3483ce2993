#pragma once

#include <cstddef>

namespace fairlead::bench {

/// The most memory that was held at once since the last call of `restart_meter`, above what was
/// held then. Counts what `new` gives, on all threads.
std::size_t metered_peak();
void restart_meter();

}  // namespace fairlead::bench
