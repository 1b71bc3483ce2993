#include "features/feature_sets.hpp"

#include "base/json_text.hpp"
#include "base/sha256.hpp"
#include "features/remote_feature.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view localhost = "localhost";

std::string scheme_of(const std::string& registry) {
  const bool plain =
      registry.substr(0, registry.find(':')) == localhost && registry.starts_with(localhost);
  return plain ? "http" : "https";
}

std::string resource_of(const FeatureReference& reference) {
  return reference.registry + '/' + reference.space + '/' + reference.name;
}

Json reference_json(const FeatureReference& reference) {
  const std::string version = reference.digest.empty() ? reference.tag : reference.digest;
  Json json{{"scheme", scheme_of(reference.registry)},
            {"id", reference.name},
            {"owner", reference.space.substr(0, reference.space.find('/'))},
            {"namespace", reference.space},
            {"registry", reference.registry},
            {"resource", resource_of(reference)},
            {"path", reference.space + '/' + reference.name},
            {"version", version}};
  if (reference.digest.empty()) {
    json["tag"] = reference.tag;
  } else {
    json["digest"] = reference.digest;
  }
  return json;
}

// What stands before a version: behind the last '/', a ':' or '@'.
std::string without_version(const std::string& id) {
  const auto slash = id.rfind('/');
  const auto mark = id.find_first_of(":@", slash == std::string::npos ? 0 : slash);
  return id.substr(0, mark);
}

Json release_json(const FeatureReference& reference, const std::string& written) {
  const auto slash = reference.path.find('/');
  const bool latest = reference.tag == "latest";
  const std::string api = "https://api.github.com/repos/" + reference.path + "/releases/";
  Json json{{"type", "github-repo"},
            {"apiUri", api + (latest ? "latest" : "tags/" + reference.tag)},
            {"unauthenticatedUri", release_folder(reference)},
            {"owner", reference.path.substr(0, slash)},
            {"repo", reference.path.substr(slash + 1)}};
  if (!latest) json["tag"] = reference.tag;
  json["isLatest"] = latest;
  json["userFeatureId"] = written;
  json["userFeatureIdWithoutVersion"] = written.substr(0, written.find('@'));
  return json;
}

Json source_json(const DescribedFeature& described, const std::string& written) {
  const FeatureReference& reference = described.source.reference;
  switch (reference.kind) {
    case FeatureKind::local:
      return {{"type", "file-path"},
              {"resolvedFilePath", described.source.location},
              {"userFeatureId", written}};
    case FeatureKind::tarball:
      return {
          {"type", "direct-tarball"}, {"tarballUri", reference.path}, {"userFeatureId", written}};
    case FeatureKind::release:
      return release_json(reference, written);
    case FeatureKind::oci:
      break;
  }
  return {{"type", "oci"},
          {"manifest", Json::parse(described.manifest, nullptr, false)},
          {"manifestDigest", described.digest},
          {"featureRef", reference_json(reference)},
          {"userFeatureId", written},
          {"userFeatureIdWithoutVersion", without_version(written)}};
}

Json bare_feature_json(const DescribedFeature& described, const std::string& id,
                       const Json& options) {
  const FeatureReference& reference = described.source.reference;
  if (reference.kind == FeatureKind::oci) {
    return {{"id", reference.name}, {"included", true}, {"value", options}};
  }
  return {{"id", reference.name}, {"name", id}, {"value", options}, {"included", true}};
}

/// Of a release nothing is known before its files are there.
bool is_described(const ResolvedFeature& node) {
  return node.followed && node.described.source.reference.kind != FeatureKind::release;
}

void overlay(Json& onto, const Json& members) {
  for (const auto& [key, value] : members.items()) onto[key] = value;
}

Json feature_set_json(const DescribedFeature& described, const std::string& written,
                      const std::string& id, const Json& options, bool with_metadata) {
  Json feature = bare_feature_json(described, id, options);
  if (with_metadata) overlay(feature, Json::parse(described.metadata.json));
  return {{"sourceInformation", source_json(described, written)},
          {"features", Json::array({std::move(feature)})}};
}

Json aliases_json(const FeatureMetadata& metadata) {
  Json aliases = Json::array();
  const std::string& current = metadata.current_id.empty() ? metadata.id : metadata.current_id;
  if (current.empty()) {
    aliases.push_back(nullptr);
  } else {
    aliases.push_back(current);
  }
  for (const std::string& id : metadata.legacy_ids) aliases.push_back(id);
  return aliases;
}

Json soft_json(const SoftFeature& soft) {
  Json json{
      {"type", "resolved"},         {"userFeatureId", soft.id},       {"options", Json::object()},
      {"dependsOn", Json::array()}, {"installsAfter", Json::array()}, {"roundPriority", 0}};
  // The reference CLI has this member between options and dependsOn where it is unknown at first.
  Json ordered = Json::object();
  for (const auto& [key, value] : json.items()) {
    ordered[key] = value;
    if (key == "options" && soft.described) {
      ordered["featureSet"] =
          feature_set_json(*soft.described, soft.id, soft.id, Json::object(), false);
    }
  }
  if (soft.described && soft.source.reference.kind == FeatureKind::oci) {
    ordered["featureIdAliases"] = aliases_json(soft.described->metadata);
  }
  return ordered;
}

Json node_json(const ResolvedFeature& node) {
  Json hard = Json::array();
  for (const auto& dependency : node.depends_on) hard.push_back(node_json(*dependency));
  Json soft = Json::array();
  for (const SoftFeature& after : node.installs_after) soft.push_back(soft_json(after));
  Json set =
      feature_set_json(node.described, node.written, node.id, *node.options, is_described(node));
  Json json{{"type", node.user_provided ? "user-provided" : "resolved"},
            {"userFeatureId", node.id},
            {"options", *node.options}};
  if (!node.user_provided) json["featureSet"] = set;
  json["dependsOn"] = std::move(hard);
  json["installsAfter"] = std::move(soft);
  json["roundPriority"] = node.priority;
  if (node.user_provided) json["featureSet"] = std::move(set);
  if (is_described(node)) json["featureIdAliases"] = aliases_json(node.described.metadata);
  return json;
}

std::string node_text(const ResolvedFeature& node) {
  std::string text = sha256_hex(json_text(node_json(node))).substr(0, 6);
  text += '[' + node.id + "<br/><" + std::to_string(node.priority) + '>';
  if (is_described(node)) {
    std::string aliases;
    for (const Json& alias : aliases_json(node.described.metadata)) {
      aliases +=
          (aliases.empty() ? "" : ", ") + (alias.is_string() ? alias.get<std::string>() : "");
    }
    text += "<br>aliases: " + aliases;
  }
  return text + ']';
}

FeatureRequest request_of(const ResolvedFeature& node) {
  return {node.described.source, node.options};
}

void add_edges(const ResolvedFeature& node, const ResolvedList& all, FeatureSorting sorting,
               std::string& text) {
  for (const auto& hard : node.depends_on) {
    for (const auto& other : all) {
      if (same_feature(request_of(*other), request_of(*hard), sorting)) {
        text += node_text(node) + " --> " + node_text(*other) + '\n';
      }
    }
    add_edges(*hard, all, sorting, text);
  }
  for (const SoftFeature& soft : node.installs_after) {
    for (const auto& other : all) {
      if (names_feature(soft.source, other->described.source)) {
        text += node_text(node) + " -.-> " + node_text(*other) + '\n';
      }
    }
  }
}

Json configured_feature_json(const ResolvedFeature& feature, const std::string& name,
                             const std::string& cache_path) {
  // Members of the feature's own file first, then ours, none twice.
  Json ours = bare_feature_json(feature.described, feature.id, *feature.options);
  const Json metadata = Json::parse(feature.described.metadata.json);
  // Of a release the reference knows nothing more at this point.
  if (feature.described.source.reference.kind != FeatureKind::release) overlay(ours, metadata);
  Json json = metadata;
  overlay(json, ours);
  json["cachePath"] = cache_path;
  json["consecutiveId"] = name;
  return json;
}

// Properties of the time before namespaces (FEAT-027).
void move_old_members(Json& feature) {
  const auto take = [&feature](const char* key) {
    const auto found = feature.find(key);
    if (found == feature.end()) return Json();
    Json value = *found;
    feature.erase(found);
    return value;
  };
  const Json extensions = take("extensions");
  const Json settings = take("settings");
  if (extensions.is_null() && settings.is_null()) return;
  Json& vscode = feature["customizations"]["vscode"];
  if (extensions.is_array()) {
    for (const Json& extension : extensions) vscode["extensions"].push_back(extension);
  }
  if (settings.is_object()) {
    Json merged = settings;
    if (vscode.contains("settings")) overlay(merged, vscode["settings"]);
    vscode["settings"] = std::move(merged);
  }
}

}  // namespace

std::string features_configuration_json(const ResolvedList& ordered,
                                        const std::vector<std::string>& folders,
                                        const std::string& root) {
  Json sets = Json::array();
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    const ResolvedFeature& feature = *ordered[i];
    const std::string& id = feature.described.metadata.id;
    const std::string name =
        (id.empty() ? feature.described.source.reference.name : id) + '_' + std::to_string(i);
    Json json = configured_feature_json(feature, name, folders[i]);
    move_old_members(json);
    Json set{{"sourceInformation", source_json(feature.described, feature.written)},
             {"features", Json::array({std::move(json)})},
             {"internalVersion", "2"}};
    if (!feature.described.digest.empty()) set["computedDigest"] = feature.described.digest;
    sets.push_back(std::move(set));
  }
  return json_text(Json{{"featureSets", std::move(sets)}, {"dstFolder", root}});
}

std::string feature_graph_text(const ResolvedList& features, FeatureSorting sorting) {
  std::string text = "flowchart\n";
  for (const auto& feature : features) {
    if (!feature->user_provided) continue;
    text += node_text(*feature) + '\n';
    add_edges(*feature, features, sorting, text);
  }
  return text;
}

std::string install_order_json(const ResolvedList& ordered) {
  Json order = Json::array();
  for (const auto& feature : ordered) {
    const FeatureReference& reference = feature->described.source.reference;
    const std::string id = reference.kind == FeatureKind::oci
                               ? resource_of(reference) + '@' + feature->described.digest
                               : feature->written;
    order.push_back({{"id", id}, {"options", *feature->options}});
  }
  return Json{{"installOrder", std::move(order)}}.dump(2);
}

}  // namespace fairlead
