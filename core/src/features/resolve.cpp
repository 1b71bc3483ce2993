#include "features/resolve.hpp"

#include "base/parallel.hpp"
#include "features/missing_offline.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;
using Node = std::shared_ptr<ResolvedFeature>;

constexpr std::size_t parallel_requests = 8;

// A bare word is asked for under the name that it stands for.
std::string spelled_out(const FeatureReference& reference) {
  if (reference.shorthand.empty()) return reference.id;
  return reference.registry + '/' + reference.space + '/' + reference.name + ':' + reference.tag;
}

Node make_node(const std::string& written, std::shared_ptr<const Json> options, bool user) {
  auto node = std::make_shared<ResolvedFeature>();
  node->user_provided = user;
  node->id = node->written = written;
  node->options = std::move(options);
  return node;
}

// A soft name that means nothing here cannot match a feature either, so it is no fault (FEAT-033).
std::optional<FeatureSource> soft_source(const FeatureStore& store, const std::string& id) {
  try {
    return store.locate(parse_feature_reference(id));
  } catch (const Error& error) {
    if (error.status() != Status::invalid) throw;
    return std::nullopt;
  }
}

std::vector<FeatureSource> override_sources(const FeatureStore& store,
                                            const ResolveRequest& request) {
  std::vector<FeatureSource> sources;
  for (const std::string& id : request.overrides) {
    // Here the reference takes a bare word for a fault.
    if (request.sorting == FeatureSorting::reference_cli) parse_feature_reference(id);
    if (auto source = soft_source(store, id)) sources.push_back(std::move(*source));
  }
  return sources;
}

class Graph {
 public:
  Graph(FeatureStore& store, const ResolveRequest& request, std::stop_token stop)
      : store_(store), request_(request), stop_(std::move(stop)) {}

  ResolvedList resolve() {
    std::vector<Node> level;
    for (const WantedFeature& wanted : request_.wanted) {
      level.push_back(
          make_node(wanted.id, std::make_shared<const Json>(Json::parse(wanted.options)), true));
    }
    while (!level.empty()) level = next_level(level);
    const auto overrides = override_sources(store_, request_);
    for (const Node& node : found_) {
      node->priority = override_priority(node->described.source, overrides);
    }
    return {found_.begin(), found_.end()};
  }

 private:
  // Breadth first, each distinct feature once (FEAT-040).
  std::vector<Node> next_level(const std::vector<Node>& level) {
    describe_all(level);
    std::vector<Node> next;
    for (const Node& node : level) {
      const DescribedFeature& described = known_.at(node->written);
      node->described = described;
      node->id = spelled_out(described.source.reference);
      if (is_known(*node)) continue;
      follow(node, next);
      found_.push_back(node);
    }
    return next;
  }

  bool is_known(const ResolvedFeature& node) const {
    const FeatureRequest asked{node.described.source, node.options};
    return std::any_of(found_.begin(), found_.end(), [&](const Node& other) {
      return same_feature({other->described.source, other->options}, asked, request_.sorting);
    });
  }

  void follow(const Node& node, std::vector<Node>& next) {
    node->followed = true;
    const FeatureMetadata& metadata = node->described.metadata;
    for (const auto& [id, options] : metadata.depends_on) {
      Node dependency = make_node(id, std::make_shared<const Json>(Json::parse(options)), false);
      asked_by_.try_emplace(id, node->written);
      node->depends_on.push_back(dependency);
      next.push_back(std::move(dependency));
    }
    for (const std::string& id : metadata.installs_after) {
      if (auto source = soft_source(store_, id)) {
        node->installs_after.push_back({id, std::move(*source), described_soft(id)});
      }
    }
  }

  std::optional<DescribedFeature> described_soft(const std::string& id) {
    if (!request_.describe_soft) return std::nullopt;
    try {
      return describe(id, stop_);
    } catch (const Error& error) {
      if (error.status() == Status::cancelled) throw;
      return std::nullopt;
    }
  }

  DescribedFeature describe(const std::string& id, std::stop_token stop) const {
    return store_.describe(parse_feature_reference(id), std::move(stop));
  }

  void describe_all(const std::vector<Node>& level) {
    std::vector<std::string> ids;
    for (const Node& node : level) {
      const bool asked = std::find(ids.begin(), ids.end(), node->written) != ids.end();
      if (!asked && !known_.contains(node->written)) ids.push_back(node->written);
    }
    std::vector<DescribedFeature> answers(ids.size());
    MissingOffline missing;
    for_each_parallel(ids.size(), parallel_requests, stop_,
                      [&](std::size_t i, const std::stop_token& stop) {
                        missing.note(ids[i], [&] { answers[i] = describe_noting(ids[i], stop); });
                      });
    missing.throw_if_any();
    for (std::size_t i = 0; i < ids.size(); ++i) known_.emplace(ids[i], std::move(answers[i]));
  }

  DescribedFeature describe_noting(const std::string& id, std::stop_token stop) const {
    try {
      return describe(id, std::move(stop));
    } catch (Error& error) {
      if (const auto asked = asked_by_.find(id); asked != asked_by_.end()) {
        error.note("feature '" + asked->second + "' depends on '" + id + "'");
      }
      throw;
    }
  }

  FeatureStore& store_;
  const ResolveRequest& request_;
  std::stop_token stop_;
  std::vector<Node> found_;
  std::map<std::string, DescribedFeature> known_;
  std::map<std::string, std::string> asked_by_;
};

FeatureNode node_of(const ResolvedFeature& feature) {
  FeatureNode node{
      .self = {feature.described.source, feature.options}, .depends_on = {}, .installs_after = {}};
  for (const auto& hard : feature.depends_on) {
    node.depends_on.push_back({hard->described.source, hard->options});
  }
  for (const SoftFeature& soft : feature.installs_after) {
    node.installs_after.push_back(soft.source);
  }
  return node;
}

}  // namespace

ResolvedList resolve_features(FeatureStore& store, const ResolveRequest& request,
                              std::stop_token stop) {
  return Graph(store, request, std::move(stop)).resolve();
}

ResolvedList in_install_order(const ResolvedList& features, FeatureStore& store,
                              const ResolveRequest& request) {
  std::vector<FeatureNode> nodes;
  nodes.reserve(features.size());
  for (const auto& feature : features) nodes.push_back(node_of(*feature));
  ResolvedList ordered;
  for (const std::size_t i :
       install_order(nodes, override_sources(store, request), request.sorting)) {
    ordered.push_back(features[i]);
  }
  return ordered;
}

}  // namespace fairlead
