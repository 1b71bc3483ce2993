#include "features/order.hpp"

#include <fairlead/error.hpp>

#include <algorithm>

namespace fairlead {
namespace {

class Rounds {
 public:
  Rounds(const std::vector<FeatureNode>& nodes, const std::vector<FeatureSource>& overrides,
         FeatureSorting sorting)
      : nodes_(nodes), sorting_(sorting), installed_(nodes.size(), false) {
    for (const FeatureNode& node : nodes_) {
      priorities_.push_back(override_priority(node.self.source, overrides));
      waits_for_.push_back(dependencies(node));
    }
  }

  // FEAT-041.
  std::vector<std::size_t> run() {
    std::vector<std::size_t> order;
    while (order.size() < nodes_.size()) {
      const std::vector<std::size_t> round = next_round();
      if (round.empty()) throw circle();
      for (const std::size_t i : round) installed_[i] = true;
      order.insert(order.end(), round.begin(), round.end());
    }
    return order;
  }

 private:
  // One group per dependency; it is met as soon as one of its members is installed. Soft ones that
  // match nothing are dropped (FEAT-033, FEAT-034).
  std::vector<std::vector<std::size_t>> dependencies(const FeatureNode& node) const {
    std::vector<std::vector<std::size_t>> groups;
    for (const FeatureRequest& hard : node.depends_on) {
      groups.push_back(
          those([&](const FeatureNode& n) { return same_feature(n.self, hard, sorting_); }));
    }
    for (const FeatureSource& soft : node.installs_after) {
      auto group = those([&](const FeatureNode& n) { return names_feature(soft, n.self.source); });
      if (!group.empty()) groups.push_back(std::move(group));
    }
    return groups;
  }

  template <class Predicate>
  std::vector<std::size_t> those(Predicate predicate) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (predicate(nodes_[i])) found.push_back(i);
    }
    return found;
  }

  bool met(const std::vector<std::size_t>& group) const {
    return std::any_of(group.begin(), group.end(), [this](std::size_t i) { return installed_[i]; });
  }

  bool ready(std::size_t i) const {
    return !installed_[i] && std::all_of(waits_for_[i].begin(), waits_for_[i].end(),
                                         [this](const auto& group) { return met(group); });
  }

  std::vector<std::size_t> next_round() const {
    std::vector<std::size_t> round;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (!ready(i)) continue;
      if (!round.empty() && priorities_[i] < priorities_[round.front()]) continue;
      if (!round.empty() && priorities_[i] > priorities_[round.front()]) round.clear();
      round.push_back(i);
    }
    std::stable_sort(round.begin(), round.end(), [this](std::size_t a, std::size_t b) {
      return compare_features(nodes_[a].self, nodes_[b].self, sorting_) < 0;
    });
    return round;
  }

  // Whoever waits waits for somebody who waits too: following that must come round.
  Error circle() const {
    std::vector<std::size_t> path;
    std::size_t at = 0;
    while (installed_[at]) ++at;
    while (std::find(path.begin(), path.end(), at) == path.end()) {
      path.push_back(at);
      const auto unmet = std::find_if(waits_for_[at].begin(), waits_for_[at].end(),
                                      [this](const auto& group) { return !met(group); });
      if (unmet == waits_for_[at].end() || unmet->empty()) {
        throw Error(Status::internal, "features.incomplete", "a hard dependency is not a node");
      }
      at = unmet->front();
    }
    std::string text;
    for (auto i = std::find(path.begin(), path.end(), at); i != path.end(); ++i) {
      text += "'" + nodes_[*i].self.source.reference.id + "' → ";
    }
    return Error(Status::invalid, "features.cycle",
                 "Circular dependency detected! Features wait for each other: " + text + "'" +
                     nodes_[at].self.source.reference.id + "'",
                 "An arrow means dependsOn or installsAfter; take one of them out.");
  }

  const std::vector<FeatureNode>& nodes_;
  FeatureSorting sorting_;
  std::vector<bool> installed_;
  std::vector<std::size_t> priorities_;
  std::vector<std::vector<std::vector<std::size_t>>> waits_for_;
};

}  // namespace

bool names_feature(const FeatureSource& named, const FeatureSource& feature) {
  const FeatureReference& a = feature.reference;
  const FeatureReference& b = named.reference;
  if (a.kind != b.kind) return false;
  if (a.kind != FeatureKind::oci) return feature.location == named.location;
  if (a.registry != b.registry || a.space != b.space) return false;
  const auto holds = [](const FeatureSource& source, const std::string& name) {
    return std::find(source.aliases.begin(), source.aliases.end(), name) != source.aliases.end();
  };
  return a.name == b.name || holds(feature, b.name) || holds(named, a.name);
}

std::size_t override_priority(const FeatureSource& feature,
                              const std::vector<FeatureSource>& overrides) {
  for (std::size_t i = 0; i < overrides.size(); ++i) {
    if (names_feature(overrides[i], feature)) return overrides.size() - i;
  }
  return 0;
}

std::vector<std::size_t> install_order(const std::vector<FeatureNode>& nodes,
                                       const std::vector<FeatureSource>& overrides,
                                       FeatureSorting sorting) {
  return Rounds(nodes, overrides, sorting).run();
}

}  // namespace fairlead
