#pragma once

#include <cstdint>
#include <string_view>

namespace fairlead::sdk {

/// How many descriptors a program may have open (RLIMIT_NOFILE, soft) that the plugin starts by
/// itself: the background process has raised its own limit, which is not for others. 0: it has not.
/// What the core's host starts has the right one anyway. Known once `configure` is called; any
/// thread.
std::int64_t descriptor_limit_of_children();

/// Takes it from the JSON of `configure`, which has it beside ConfigureRequest's members as
/// "descriptors"; the SDK calls this. What has none changes nothing.
void note_descriptor_limit(std::string_view configure);

}  // namespace fairlead::sdk
