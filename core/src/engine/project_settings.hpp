#pragma once

#include "base/jsonc.hpp"

#include <fairlead/settings.hpp>

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace fairlead {

/// What `customizations.fairlead` of a configuration says, as dotted keys, each with its place in
/// `source`.
std::vector<ProjectSetting> project_settings(const nlohmann::ordered_json& configuration,
                                             const SourceMap& source);

}  // namespace fairlead
