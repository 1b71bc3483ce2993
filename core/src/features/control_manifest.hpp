#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The list of features that were reported to be problematic. FEAT-060. Pure.
namespace fairlead {

struct DisallowedEntry {
  std::string prefix;  ///< an id, or what stands before "/", ":" or "@" in one
  std::string documentation_url;
};

/// A fault that a version of a feature has.
struct FeatureAdvisory {
  std::string feature;  ///< "ghcr.io/devcontainers/features/git"
  std::string introduced;
  std::string fixed;
  std::string description;
  std::string documentation_url;
};

struct ControlManifest {
  std::vector<DisallowedEntry> disallowed;
  std::vector<FeatureAdvisory> advisories;
};

/// Whatever `text` is: entries that cannot be read are passed over, no JSON is an empty list.
ControlManifest parse_control_manifest(std::string_view text);

/// The entry that `id`, as written in a configuration, falls under; null for none.
const DisallowedEntry* disallowed_entry(const ControlManifest& manifest, std::string_view id);

/// What is said of the features, "registry/namespace/name" and version each; empty for nothing.
std::string advisory_text(const ControlManifest& manifest,
                          std::vector<std::pair<std::string, std::string>> features);

}  // namespace fairlead
