#pragma once

#include "features/metadata.hpp"
#include "features/order.hpp"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

/// From the features that somebody wants to all that are needed, in install order. FEAT-030..051.
namespace fairlead {

/// A feature as far as resolving needs it; its files may not be on this machine yet.
struct DescribedFeature {
  FeatureSource source;
  FeatureMetadata metadata;
  std::string manifest;  ///< OCI: JSON text as the registry sent it
  std::string resolved;  ///< what a lockfile says: "registry/namespace/name@sha256:…", the address
  std::string digest;    ///< of the manifest or the archive; empty: local
};

/// Where features come from. Thread-safe: `describe` and `fetch` are called in parallel.
class FeatureStore {
 public:
  FeatureStore() = default;
  FeatureStore(const FeatureStore&) = delete;
  FeatureStore& operator=(const FeatureStore&) = delete;
  virtual ~FeatureStore() = default;

  /// Where a reference points, without getting it: what installsAfter and overrides are compared
  /// by. Throws Error(invalid) when the reference cannot mean a feature here.
  virtual FeatureSource locate(const FeatureReference& reference) const = 0;
  /// Metadata of what a reference names.
  virtual DescribedFeature describe(const FeatureReference& reference, std::stop_token stop) = 0;
  /// The folder with the files of what `describe` gave; kept while the store lives.
  virtual std::string fetch(const DescribedFeature& feature, std::stop_token stop) = 0;
};

/// One key of "features" with its options, JSON text.
struct WantedFeature {
  std::string id;
  std::string options;
};

struct ResolveRequest {
  std::vector<WantedFeature> wanted;
  std::vector<std::string> overrides;  ///< overrideFeatureInstallOrder
  FeatureSorting sorting = FeatureSorting::specification;
  std::vector<std::string> warnings = {};  ///< of what is deprecated in `wanted`
  bool describe_soft = false;  ///< installsAfter too where it can be had, for showing the graph
};

struct ResolvedFeature;

/// One entry of installsAfter.
struct SoftFeature {
  std::string id;
  FeatureSource source;
  std::optional<DescribedFeature> described;
};

/// One mention of a feature: the user's, or one in dependsOn.
struct ResolvedFeature {
  bool user_provided = false;
  std::string id;       ///< as asked for; a deprecated short word is spelled out
  std::string written;  ///< as written
  std::shared_ptr<const nlohmann::ordered_json> options;
  DescribedFeature described;
  bool followed = false;  ///< the first of its equals: the one that is installed
  std::vector<std::shared_ptr<ResolvedFeature>> depends_on;  ///< of a followed one
  std::vector<SoftFeature> installs_after;                   ///< of a followed one
  std::size_t priority = 0;                                  ///< by overrideFeatureInstallOrder
};

using ResolvedList = std::vector<std::shared_ptr<const ResolvedFeature>>;

/// Every distinct feature that is needed, in the order met (FEAT-040). What one level of the graph
/// names is asked for in parallel, each id once. Throws Error: what the store throws, with a note
/// of who asked; Status::cancelled.
ResolvedList resolve_features(FeatureStore& store, const ResolveRequest& request,
                              std::stop_token stop);

/// The same features in install order (FEAT-041). Throws what install_order throws.
ResolvedList in_install_order(const ResolvedList& features, FeatureStore& store,
                              const ResolveRequest& request);

}  // namespace fairlead
