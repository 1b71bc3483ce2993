#pragma once

#include <nlohmann/json_fwd.hpp>

namespace fairlead {

/// Moves the old top-level `extensions`, `settings` and `devPort` to where they stand now, below
/// customizations.vscode. CFG-069..071, edge cases 10 to 12.
void move_legacy_properties(nlohmann::ordered_json& config);

}  // namespace fairlead
