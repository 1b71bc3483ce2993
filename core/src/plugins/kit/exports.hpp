#pragma once

#include <string>
#include <vector>

namespace fairlead::kit {

/// The names that the ELF file at `path` defines for others, sorted; names of versions left out.
/// Runs none of its code. Throws Broken when it cannot be read.
std::vector<std::string> exported_symbols(const std::string& path);

}  // namespace fairlead::kit
