#pragma once

#include "series.hpp"
#include "world.hpp"

#include <vector>

namespace fairlead::bench {

/// What a forward costs, against the same port of the same container published by the engine.
std::vector<Figure> ports_figures(World& world);

}  // namespace fairlead::bench
