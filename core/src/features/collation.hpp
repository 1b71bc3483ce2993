#pragma once

#include <string_view>

namespace fairlead {

/// Below, at or above 0 as `a` sorts before, with or behind `b` in the order that the reference CLI
/// sorts by: Unicode's root collation, in which `_` comes before `-` before other punctuation
/// before digits before letters, and case decides last, lower before upper (FEAT-045, FEAT-047).
/// Exact for ASCII; other characters follow the ASCII letters in code point order.
int compare_collated(std::string_view a, std::string_view b);

}  // namespace fairlead
