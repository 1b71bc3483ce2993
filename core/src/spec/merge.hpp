#pragma once

#include "spec/json_access.hpp"

#include <fairlead/config_model.hpp>

#include <vector>

namespace fairlead {

/// The `mergedConfiguration` object: `config` with what the merge yields in place of its own
/// values, new members behind. `entries` are substituted, in order, this file's own last.
/// IMG-011..027.
Json merge_json(const Json& config, const std::vector<Json>& entries, Mode mode);

}  // namespace fairlead
