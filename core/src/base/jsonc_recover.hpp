#pragma once

#include "base/jsonc.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string_view>

namespace fairlead::jsonc {

/// Reads as the reference CLI does, which makes something of every text and complains about none
/// (edge case 5): what is no token is passed over; behind a fault it goes on at the next separator.
/// The same as strict reading where that finds no fault, but for "__proto__", which JavaScript
/// takes for no member. `text` is UTF-8. nullopt: no value at all.
/// Throws Error "config.depth" and "config.too_large" only.
std::optional<nlohmann::ordered_json> recover(std::string_view text, const JsoncOptions& options);

}  // namespace fairlead::jsonc
