#include "features/plan.hpp"

#include "base/json_text.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

struct Wanted {
  std::string id;
  std::shared_ptr<const Json> options;
  std::string asked_by;  // the dependent feature; empty: the user
};

struct Resolved {
  FetchedFeature fetched;
  std::shared_ptr<const Json> options;
};

Json parse_object(const std::string& text, const char* what) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_object()) return json;
  throw Error(Status::invalid, "features.syntax", std::string(what) + " must be a JSON object");
}

Json features_object(const Json& config) {
  const auto found = config.find("features");
  if (found == config.end() || found->is_null()) return Json::object();
  if (found->is_object()) return *found;
  throw Error(Status::invalid, "features.syntax",
              "\"features\" must be an object that maps features to their options");
}

// FEAT-052: features of the command line come behind the configuration's and never replace one.
std::deque<Wanted> wanted_features(const FeaturesPlanRequest& request, const Json& config) {
  Json features = features_object(config);
  if (!request.additional_features.empty()) {
    const Json additional = parse_object(request.additional_features, "additional features");
    for (const auto& [id, options] : additional.items()) {
      if (!features.contains(id)) features[id] = options;
    }
  }
  std::deque<Wanted> wanted;
  for (const auto& [id, options] : features.items()) {
    wanted.push_back({id, std::make_shared<const Json>(options), {}});
  }
  return wanted;
}

FetchedFeature fetch_wanted(const Wanted& wanted, const FeatureFetcher& fetch) {
  try {
    return fetch(parse_feature_reference(wanted.id));
  } catch (Error& error) {
    if (!wanted.asked_by.empty()) {
      error.note("feature '" + wanted.asked_by + "' depends on '" + wanted.id + "'");
    }
    throw;
  }
}

// A soft name that means nothing here cannot match a feature either, so it is no fault (FEAT-033).
std::vector<FeatureSource> soft_sources(const std::vector<std::string>& ids,
                                        const FeatureLocator& locate) {
  std::vector<FeatureSource> sources;
  for (const std::string& id : ids) {
    try {
      sources.push_back(locate(parse_feature_reference(id)));
    } catch (const Error& error) {
      if (error.status() != Status::invalid) throw;
    }
  }
  return sources;
}

class Graph {
 public:
  Graph(const FeatureFetcher& fetch, const FeatureLocator& locate)
      : fetch_(fetch), locate_(locate) {}

  // FEAT-040: breadth first, each distinct feature once.
  void add_all(std::deque<Wanted> worklist) {
    while (!worklist.empty()) {
      const Wanted wanted = std::move(worklist.front());
      worklist.pop_front();
      FetchedFeature fetched = fetch_wanted(wanted, fetch_);
      FeatureNode node{
          .self = {fetched.source, wanted.options}, .depends_on = {}, .installs_after = {}};
      const bool known = std::any_of(nodes_.begin(), nodes_.end(), [&node](const FeatureNode& n) {
        return same_feature(n.self, node.self);
      });
      if (known) continue;
      for (const auto& [id, options] : fetched.metadata.depends_on) {
        Wanted dependency{id, std::make_shared<const Json>(Json::parse(options)), wanted.id};
        node.depends_on.push_back({fetch_wanted(dependency, fetch_).source, dependency.options});
        worklist.push_back(std::move(dependency));
      }
      node.installs_after = soft_sources(fetched.metadata.installs_after, locate_);
      nodes_.push_back(std::move(node));
      resolved_.push_back({std::move(fetched), wanted.options});
    }
  }

  const std::vector<FeatureNode>& nodes() const { return nodes_; }
  const Resolved& resolved(std::size_t i) const { return resolved_[i]; }

 private:
  const FeatureFetcher& fetch_;
  const FeatureLocator& locate_;
  std::vector<FeatureNode> nodes_;
  std::vector<Resolved> resolved_;
};

std::vector<std::string> override_ids(const Json& config) {
  std::vector<std::string> ids;
  const auto found = config.find("overrideFeatureInstallOrder");
  if (found == config.end() || found->is_null()) return ids;
  const bool texts =
      found->is_array() &&
      std::all_of(found->begin(), found->end(), [](const Json& id) { return id.is_string(); });
  if (!texts) {
    throw Error(Status::invalid, "features.syntax",
                "\"overrideFeatureInstallOrder\" must be a list of features");
  }
  for (const Json& id : *found) ids.push_back(id.get<std::string>());
  return ids;
}

// FEAT-003, FEAT-049, FEAT-050.
void add_warnings(const FetchedFeature& feature, bool drop_in, std::vector<std::string>& warnings) {
  const FeatureMetadata& metadata = feature.metadata;
  const FeatureReference& reference = feature.source.reference;
  const std::string subject = "feature '" + reference.id + "'";
  if (metadata.deprecated) {
    warnings.push_back(subject + " is deprecated and will no longer receive any updates");
  }
  if (!metadata.legacy_ids.empty() && !metadata.current_id.empty() &&
      metadata.id != metadata.current_id) {
    warnings.push_back(subject + " has been renamed to '" + metadata.current_id + "'");
  }
  if (!drop_in && reference.kind == FeatureKind::local && metadata.id != reference.name) {
    warnings.push_back(subject + ": the id in devcontainer-feature.json is '" + metadata.id +
                       "', it should be the name of the folder");
  }
}

PlannedFeature planned_feature(const Resolved& resolved, std::vector<std::string>& warnings) {
  const FetchedFeature& feature = resolved.fetched;
  const std::string& id = feature.source.reference.id;
  ResolvedOptions options = resolve_options(feature.metadata, id, *resolved.options);
  warnings.insert(warnings.end(), options.warnings.begin(), options.warnings.end());
  return {.id = id,
          .folder = feature.folder,
          .metadata = feature.metadata.json,
          .user_options = json_text(*resolved.options),
          .options = std::move(options.values)};
}

}  // namespace

FeaturesPlanReply plan_features(const FeaturesPlanRequest& request, const FeatureFetcher& fetch,
                                const FeatureLocator& locate) {
  const Json config = parse_object(request.config, "the configuration");
  Graph graph(fetch, locate);
  graph.add_all(wanted_features(request, config));
  const auto sorting =
      request.drop_in ? FeatureSorting::reference_cli : FeatureSorting::specification;
  const auto overrides = soft_sources(override_ids(config), locate);
  FeaturesPlanReply reply;
  for (const std::size_t i : install_order(graph.nodes(), overrides, sorting)) {
    add_warnings(graph.resolved(i).fetched, request.drop_in, reply.warnings);
    reply.features.push_back(planned_feature(graph.resolved(i), reply.warnings));
  }
  return reply;
}

}  // namespace fairlead
