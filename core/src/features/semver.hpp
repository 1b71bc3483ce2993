#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Semantic versions, as tags of registries use them. Pure.
namespace fairlead {

struct SemanticVersion {
  unsigned long major = 0;
  unsigned long minor = 0;
  unsigned long patch = 0;
  std::vector<std::string> prerelease;  ///< the parts between dots
};

/// Reads "1.2.3", "1.2.3-rc.1+build"; nothing for anything else.
std::optional<SemanticVersion> parse_semantic_version(std::string_view text);

/// Below, at or above 0 as `a` is older, the same or newer.
int compare_versions(const SemanticVersion& a, const SemanticVersion& b);

/// Whether the version is within a range as tags write it: "1", "1.2", "1.2.3", "1.x"; a tag that
/// is no range holds nothing. A prerelease is in no range but its own.
bool version_in_range(const SemanticVersion& version, std::string_view range);

/// The tags that are versions, newest first.
std::vector<std::string> versions_of_tags(const std::vector<std::string>& tags);

/// The tags under which `version` is to be published beside those that are there: "1", "1.2" and
/// "latest" only when nothing newer has them (DIST-007, DIST-009), the version itself always.
std::vector<std::string> tags_to_publish(const SemanticVersion& version, const std::string& text,
                                         const std::vector<std::string>& published);

}  // namespace fairlead
