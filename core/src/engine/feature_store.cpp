#include "engine/features.hpp"
#include "engine/registry_access.hpp"
#include "features/local_feature.hpp"
#include "features/lockfile.hpp"
#include "features/plan.hpp"
#include "features/remote_feature.hpp"

#include <map>
#include <mutex>
#include <utility>

namespace fairlead {
namespace {

std::vector<std::string> aliases_of(const FeatureMetadata& metadata) {
  std::vector<std::string> names{metadata.current_id.empty() ? metadata.id : metadata.current_id};
  names.insert(names.end(), metadata.legacy_ids.begin(), metadata.legacy_ids.end());
  return names;
}

/// A project's own features and, through the cache, those of registries and addresses.
class ProjectFeatures : public FeatureStore {
 public:
  ProjectFeatures(LocalFeaturePlace place, Lockfile lockfile, RegistryOptions options,
                  const Log& log)
      : place_(place),
        local_(std::move(place)),
        lockfile_(std::move(lockfile)),
        registry_(std::move(options), log) {}

  FeatureSource locate(const FeatureReference& reference) const override {
    return locate_feature(reference, place_);
  }

  DescribedFeature describe(const FeatureReference& reference, std::stop_token stop) override {
    if (reference.kind == FeatureKind::local) return local_.describe(reference, stop);
    RemoteFeature remote = describe_remote(reference, std::move(stop));
    DescribedFeature described{.source = locate(reference),
                               .metadata = remote.metadata,
                               .manifest = remote.manifest.bytes,
                               .resolved = remote.resolved,
                               .digest = remote.digest};
    described.source.digest = remote.digest;
    if (reference.kind == FeatureKind::oci) described.source.aliases = aliases_of(remote.metadata);
    const std::lock_guard lock(mutex_);
    remote_.insert_or_assign(key_of(described), std::move(remote));
    return described;
  }

  std::string fetch(const DescribedFeature& feature, std::stop_token stop) override {
    if (feature.source.reference.kind == FeatureKind::local) return local_.fetch(feature, stop);
    return fetch_feature(registry_, known(feature), std::move(stop));
  }

 private:
  RemoteFeature describe_remote(const FeatureReference& reference, std::stop_token stop) {
    if (reference.kind == FeatureKind::release) return describe_release(reference, place_.drop_in);
    const auto locked = locked_digest(lockfile_, reference.id);
    try {
      const auto describe = place_.drop_in ? describe_leniently : describe_feature;
      return describe(registry_, reference, locked, std::move(stop));
    } catch (Error& error) {
      if (!locked.empty()) error.note("the lockfile pins " + reference.id);
      throw;
    }
  }
  static std::string key_of(const DescribedFeature& feature) {
    const FeatureReference& reference = feature.source.reference;
    // Of a release neither is known yet.
    return reference.kind == FeatureKind::release ? reference.id
                                                  : feature.resolved + feature.digest;
  }
  RemoteFeature known(const DescribedFeature& feature) const {
    const std::lock_guard lock(mutex_);
    return remote_.at(key_of(feature));
  }

  LocalFeaturePlace place_;
  LocalFeatures local_;
  Lockfile lockfile_;
  Registry registry_;
  mutable std::mutex mutex_;
  std::map<std::string, RemoteFeature> remote_;
};

}  // namespace

std::unique_ptr<FeatureStore> feature_store(Core& core, const Settings& settings,
                                            const FeaturesPlanRequest& request,
                                            const std::string& lockfile, bool newest) {
  auto options = registry_options(core, settings);
  if (!newest) options.tag_lifetime = tag_lifetime(core, settings);
  return std::make_unique<ProjectFeatures>(
      LocalFeaturePlace{.config_folder = request.config_folder,
                        .root = local_feature_root(request.config_folder, request.workspace_folder),
                        .drop_in = request.drop_in},
      parse_lockfile(lockfile, "devcontainer-lock.json").value_or(Lockfile{}), std::move(options),
      core.log());
}

}  // namespace fairlead
