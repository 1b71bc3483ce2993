#pragma once

#include <fairlead/core.hpp>

#include <string>
#include <vector>

namespace fairlead {

/// The files of this machine that decide what the configuration `config_file` of `folder` makes:
/// itself, what it extends and its local neighbour, the Dockerfile, the Compose files and `.env`
/// beside them, and what is in the folders of local features, at most 200 entries of each.
/// Absolute, each once; some may not be there (yet). Of a configuration with faults: itself and its
/// neighbour.
std::vector<std::string> files_of_configuration(const Core& core, const std::string& folder,
                                                const std::string& config_file);

}  // namespace fairlead
