#pragma once

#include "settings/layer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// All values of a TOML document with their dotted keys and positions, in the order of the
/// document. Throws settings.syntax with the line and a caret.
std::vector<LayerEntry> load_toml(std::string_view document, const std::string& file);

/// Line `number` (from 1) of `content` without its end; "" beyond the end.
std::string line_of(std::string_view content, int number);

}  // namespace fairlead
