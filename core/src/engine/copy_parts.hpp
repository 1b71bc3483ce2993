#pragma once

#include <string>
#include <string_view>

/// The names of what is copied to a host and not yet in its place. They say who writes it, so that
/// what a cut link or a killed program left there is known by its writer's being gone.
namespace fairlead {

/// Of every part that a program of this machine (and PID namespace) writes.
std::string copy_part_prefix();

/// Of a part that this process writes, another one each time.
std::string new_copy_part();

/// Whether the name is of a part whose writer, a process of this machine, is no more.
bool is_left_behind(std::string_view name);

}  // namespace fairlead
