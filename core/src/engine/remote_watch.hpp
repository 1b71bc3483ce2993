#pragma once

#include "spec/ignore_rules.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// What a host tells of changes in the copy of a folder. It sees what was brought there as well as
/// what was changed there: of few changes it says enough to tell that they are as here.
namespace fairlead {

/// For sh; $1 the copy. Every two seconds a report: lines that end with one of a single "="; the
/// first comes at once, for what changed before it looked. Ends when nobody listens.
extern const char* const remote_watch_script;

/// Whether a report names something that is not as in the folder `here`: a file of another content,
/// a folder with other names in it, or more than it tells about. `there` is the copy's path; what
/// the rules leave out counts for nothing. Pure, but for the files that it reads.
bool differs(std::string_view report, const std::string& here, const std::string& there,
             const IgnoreRules& rules);

/// As `cksum` of POSIX has it.
std::uint32_t posix_checksum(std::string_view text);

}  // namespace fairlead
