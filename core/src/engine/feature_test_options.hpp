#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

struct DuplicateOptions {
  std::string chosen;                  ///< JSON object of options beside the defaults
  std::vector<std::string> variables;  ///< "OPT=…" and "OPT__DEFAULT=…" for the test's script
};

/// Options for installing a feature a second time: booleans turned round, of proposals or an enum
/// the one behind the default, with `random` any other. `metadata` is the text of
/// devcontainer-feature.json.
DuplicateOptions duplicate_options(std::string_view metadata, bool random);

}  // namespace fairlead
