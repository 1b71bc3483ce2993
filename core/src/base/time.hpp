#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace fairlead {

/// Seconds since the Unix epoch of an RFC 3339 time ("2026-11-21T18:07:06.9+01:00"); fractions are
/// dropped. Nothing when it is none, or lies before the epoch (engines say year 1 for "never").
std::optional<std::int64_t> unix_seconds(const std::string& rfc3339);

/// The same with its fraction.
std::optional<std::chrono::milliseconds> unix_milliseconds(const std::string& rfc3339);

}  // namespace fairlead
