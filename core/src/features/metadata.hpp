#pragma once

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What a feature says about itself, and the options that it gets.
namespace fairlead {

/// One entry of "options" in devcontainer-feature.json (FEAT-011).
struct FeatureOption {
  std::string name;
  bool boolean = false;
  std::string default_value;         ///< booleans as "true" and "false"
  bool has_default = false;          ///< otherwise it arrives only when the user gives a value
  std::vector<std::string> allowed;  ///< "enum"; empty: any
};

/// devcontainer-feature.json as far as resolving and installing need it; the rest, which goes into
/// image metadata, stays in `json`.
struct FeatureMetadata {
  std::string json;  ///< the document, compact, without comments
  std::string id;
  std::string version;
  std::string name;
  std::string description;
  std::string documentation_url;
  std::string current_id;
  bool deprecated = false;
  std::vector<std::string> legacy_ids;
  std::vector<std::string> installs_after;
  std::vector<std::pair<std::string, std::string>> depends_on;  ///< id and options as JSON text
  std::vector<FeatureOption> options;
  std::vector<std::pair<std::string, std::string>> container_env;  ///< in the order written
};

/// Reads `text`, JSON with comments (FEAT-029); `file` is for messages. `lenient`: goes on behind
/// faults of the JSON, with the values that the reference gets, and takes values of any kind.
/// Throws Error "config.syntax" with the position, "features.metadata" when a part that matters
/// here has the wrong type.
FeatureMetadata parse_feature_metadata(std::string_view text, const std::string& file,
                                       bool lenient = false);

struct ResolvedOptions {
  std::map<std::string, std::string> values;
  std::vector<std::string> warnings;  ///< values that "enum" does not list (FEAT-012)
};

/// Defaults overlaid by what the user gave: an object, or a string or boolean that stands for the
/// option `version` and counts only where the feature declares one (FEAT-010, 013, 016). An option
/// without a default that nobody gave is not there; `reference`: neither is a boolean one, which
/// otherwise is false.
/// Throws Error "features.option_value" for a value that is neither text, boolean nor number.
ResolvedOptions resolve_options(const FeatureMetadata& metadata, const std::string& id,
                                const nlohmann::ordered_json& given, bool reference = false);

/// The variable that an option arrives in: `1st-opt` is `_ST_OPT` (FEAT-014).
std::string option_variable(std::string_view option);

}  // namespace fairlead
