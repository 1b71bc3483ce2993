#pragma once

#include "base/jsonc.hpp"
#include "spec/faults.hpp"
#include "spec/json_access.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// A document with everything that was found in it so far.
struct Judged {
  std::optional<Json> root;  ///< an object, else nothing; as far as it could be read
  bool broken = false;       ///< no JSON: parts may be missing
  std::unique_ptr<SourceMap> source;
  Faults faults{true};
  std::vector<Diagnostic> syntax;  ///< what has a place already

  /// Everything, in the order of the file.
  std::vector<Diagnostic> diagnostics() const;
};

/// Reads `text` with all its faults of form.
Judged read_to_judge(std::string_view text, const std::string& file);

/// A devcontainer.json, by the rules of its parser.
Judged judge_configuration(std::string_view text, const std::string& file);

/// A devcontainer-feature.json.
Judged judge_feature(std::string_view text, const std::string& file);

}  // namespace fairlead
