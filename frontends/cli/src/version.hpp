#pragma once

#include <string_view>

namespace fairlead::cli {

/// fairlead's own version.
inline constexpr std::string_view own_version = FAIRLEAD_VERSION;

/// The release of the reference CLI whose command line and output `devcontainer` speaks.
inline constexpr std::string_view reference_version = "0.89.0";

}  // namespace fairlead::cli
