#pragma once

#include "series.hpp"
#include "world.hpp"

namespace fairlead::bench {

/// `up` of two services by Compose v2 and v1, beside the reference and beside Compose itself.
std::vector<Figure> compose_figures(World& world);

}  // namespace fairlead::bench
