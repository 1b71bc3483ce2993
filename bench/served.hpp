#pragma once

#include "series.hpp"
#include "world.hpp"

namespace fairlead::bench {

/// The background process as a server: many environments listed, and a stream through descriptors
/// that were passed to it.
std::vector<Figure> served_figures(World& world);

}  // namespace fairlead::bench
