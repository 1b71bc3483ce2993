#pragma once

#include <fairlead/engine.hpp>

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

/// What users and authors of Features do beside `up`. Every function blocks, may run on any thread,
/// and ends with Error(cancelled) soon after its stop token is requested. All that ask a registry
/// throw its Errors "registry.*".
namespace fairlead {

/// `featuresConfiguration` as read-configuration shows it, compact JSON; empty when there are no
/// features, or nobody asks: not `include_features`, and `include_merged` is answered from a
/// container. Ignores the lockfile, as the reference CLI does.
std::string read_features_configuration(Core& core, const ReadConfigurationRequest& request,
                                        std::stop_token stop);

/// Resolves the features of a workspace, honouring its lockfile. `show_graph` gets the dependency
/// graph, a Mermaid flowchart, as soon as it is known, also when no order exists. Returns
/// `{"installOrder":[…]}`, two spaces deep. FEAT-061. Throws "features.none" without features,
/// "features.cycle", and what fetching throws.
std::string resolve_dependencies(Core& core, const Selection& selection,
                                 const std::function<void(const std::string&)>& show_graph,
                                 std::stop_token stop);

/// What to ask of a published feature.
struct FeatureQuestion {
  std::string id;
  bool manifest = false;
  bool tags = false;
  bool dependencies = false;
};

struct FeatureInfo {
  std::string manifest;           ///< JSON text, two spaces deep
  std::string canonical_id;       ///< name and digest
  std::vector<std::string> tags;  ///< in the registry's order
  std::string dependencies;       ///< a Mermaid flowchart
  std::string json;  ///< manifest, canonicalId and publishedTags as asked for, four spaces deep
};

/// DIST-023. Throws "features.reference" or "registry.reference" for what names no registry's
/// feature.
FeatureInfo feature_info(Core& core, const FeatureQuestion& question, std::stop_token stop);

/// Versions of one feature of a configuration; absent: unknown.
struct FeatureVersions {
  std::string id;                      ///< as written
  std::optional<std::string> current;  ///< by the lockfile, else `wanted`
  std::optional<std::string> wanted;   ///< the newest that the configuration allows
  std::optional<std::string> latest;
};

/// The features of a workspace that come from registries. FEAT-059.
std::vector<FeatureVersions> outdated_features(Core& core, const Selection& selection,
                                               std::stop_token stop);

/// The image that the configuration starts from, when its registry has a newer one than the
/// backend; empty: it has not, it is pinned by a digest, or nobody answers. VSC-004.
std::string newer_base_image(Core& core, const Selection& selection, std::stop_token stop);

struct UpgradeRequest {
  Selection selection;
  bool dry_run = false;
  std::string feature;         ///< with `target_version`: changed in the configuration first
  std::string target_version;  ///< "1", "1.2", "1.2.3"
};

/// Resolves anew, as if there were no lockfile, and writes it unless `dry_run`; returns its text.
/// FEAT-059. Throws "features.none" without features.
std::string upgrade_lockfile(Core& core, const UpgradeRequest& request, std::stop_token stop);

}  // namespace fairlead
