#pragma once

#include <fairlead/events.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::cli {

// The three log formats of the reference as pure functions (reference-cli 1.4).

/// "2026-11-21T18:07:06.912Z".
std::string iso_time(std::int64_t timestamp_ms);

/// `[time] text`: one event for a stream that is no terminal. Escape sequences are stripped and the
/// text ends with exactly one more newline than it had, at least one. Absent when `least` or the
/// kind of event keeps it out (stops are shown at debug and below, progress never).
std::optional<std::string> plain_log_text(const LogEvent& event, LogLevel least);

/// `[n ms] text` in 24-bit colours with CR LF: one event for a terminal. Raw output is passed on as
/// it is. Stops are shown at trace only.
std::optional<std::string> terminal_log_text(const LogEvent& event, LogLevel least,
                                             std::int64_t began_ms);

/// One JSON object and a newline; no level keeps it out.
std::string json_log_line(const LogEvent& event);

/// The level that `--log-level` names; info for anything unknown, as the reference has it.
LogLevel log_level_named(std::string_view name);

}  // namespace fairlead::cli
