#pragma once

#include "series.hpp"
#include "world.hpp"

#include <vector>

namespace fairlead::bench {

/// Resolving 30 features from a registry on this machine, ten of them asked for and two more behind
/// each: with an empty cache and with a full one, against the reference CLI.
std::vector<Figure> registry_figures(World& world);

}  // namespace fairlead::bench
