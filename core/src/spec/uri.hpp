#pragma once

#include "spec/values.hpp"

#include <string_view>

namespace fairlead {

/// A text member that should be a URI: warns when it has no scheme, or holds what no URI may.
void judge_uri(const Values& values, std::string_view name);

}  // namespace fairlead
