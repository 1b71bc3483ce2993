#pragma once

#include <sys/resource.h>

#include <optional>

namespace fairlead {

/// The limit that `allow_many_descriptors` found; nothing while it was not called.
std::optional<rlimit> descriptor_limit_of_children();

}  // namespace fairlead
