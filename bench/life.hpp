#pragma once

#include "series.hpp"
#include "world.hpp"

namespace fairlead::bench {

/// Lifecycle commands: `up` of a new container with a cached local feature and two hooks, beside
/// the reference; and ten commands side by side.
std::vector<Figure> life_figures(World& world);

}  // namespace fairlead::bench
