#pragma once

#include <fairlead/config_model.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// An option that says to groups of services whose the volume is; no engine knows it.
inline constexpr std::string_view external_option = "external";

/// Reads docker's `--mount` text: comma-separated key=value fields with CSV quoting; `src`, `dst`,
/// `destination`, `ro` and `readonly` are understood, other keys are kept as options.
/// Throws Error "config.mount" for a broken quote, a missing target or an unknown type.
Mount parse_mount(std::string_view text);

/// The same text again, as an engine reads it: type, source, target, then what else is set.
std::string format_mount(const Mount& mount);

/// The target of a `--mount` text, without judging the rest; nullopt when there is none. Drop-in
/// mode knows no quotes, as the reference. IMG-015.
std::optional<std::string> mount_target(std::string_view text, Mode mode);

/// One field, quoted when a comma or quote makes that necessary.
std::string csv_field(std::string_view field);

}  // namespace fairlead
