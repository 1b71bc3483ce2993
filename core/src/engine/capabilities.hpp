#pragma once

#include <fairlead/config.hpp>
#include <fairlead/model.hpp>

#include <string>
#include <vector>

namespace fairlead {

/// One thing that a configuration asks of a backend.
struct Need {
  std::string property;    ///< of devcontainer.json, or the option that asks
  std::string capability;  ///< the backend's word for it
  bool met = false;
};

/// What the configuration itself and, once it is known, the merged one ask for; pure.
/// `features_in_place`: they need no build.
std::vector<Need> needs_of(const Config& config, const Capabilities& capabilities,
                           bool features_in_place = false);
std::vector<Need> needs_of(const MergedConfig& merged, const Capabilities& capabilities);

/// Throws "backend.capability" naming every property and capability that is missing.
void require_capabilities(const std::vector<Need>& needs, const std::string& backend,
                          const std::string& config_file);

}  // namespace fairlead
