#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// Insertions, deletions, replacements and swaps of neighbours from `a` to `b`, in bytes (optimal
/// string alignment: no letter is edited twice).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The one of `names` that `word` was most likely meant to be, or "" when none is near: at most a
/// third of the word's length away, and at least one edit is always allowed. The first of equals
/// wins.
std::string nearest_name(std::string_view word, const std::vector<std::string>& names);

/// "did you mean 'X'?" for the nearest of `names`, or "".
std::string did_you_mean(std::string_view word, const std::vector<std::string>& names);

}  // namespace fairlead
