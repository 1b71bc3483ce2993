#include "engine/features.hpp"
#include "engine/registry_access.hpp"
#include "features/feature_sets.hpp"
#include "features/remote_feature.hpp"

#include <fairlead/features.hpp>

#include <nlohmann/json.hpp>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

std::string info_json(const FeatureQuestion& question, const FeatureInfo& info,
                      const Json& manifest) {
  Json json = Json::object();
  if (question.manifest) {
    json["manifest"] = manifest;
    json["canonicalId"] = info.canonical_id;
  }
  if (question.tags) json["publishedTags"] = info.tags;
  return json.dump(4);
}

}  // namespace

FeatureReference registry_feature(const std::string& id) {
  auto reference = parse_feature_reference(id);
  if (reference.kind == FeatureKind::oci) return reference;
  throw Error(Status::invalid, "features.reference",
              "Failed to parse Feature identifier '" + id + "'",
              "It is written 'registry/namespace/name[:version]'.");
}

std::vector<std::string> tags_or_none(Registry& registry, const OciReference& reference,
                                      std::stop_token stop) {
  try {
    return registry.tags(reference, std::move(stop));
  } catch (const Error& error) {
    if (error.code() != "registry.not_found") throw;
    return {};
  }
}

FeatureInfo feature_info(Core& core, const FeatureQuestion& question, std::stop_token stop) {
  const auto reference = registry_feature(question.id);
  const auto settings = core.settings({}, nullptr);
  Registry registry(registry_options(core, settings), core.log());
  const auto manifest = registry.manifest(oci_reference(reference), stop);
  const Json document = Json::parse(manifest.bytes);
  FeatureInfo info{.manifest = document.dump(2),
                   .canonical_id = oci_reference(reference).name() + '@' + manifest.digest,
                   .tags = {},
                   .dependencies = {},
                   .json = {}};
  if (question.tags) info.tags = tags_or_none(registry, oci_reference(reference), stop);
  if (question.dependencies) {
    core.log().text(LogLevel::info, "Building dependency graph for '" + question.id + "'...");
    const auto store = feature_store(core, settings, {}, {}, /*newest=*/true);
    const ResolveRequest resolve{.wanted = {{.id = question.id, .options = "{}"}},
                                 .overrides = {},
                                 .sorting = core.mode() == Mode::drop_in
                                                ? FeatureSorting::reference_cli
                                                : FeatureSorting::specification,
                                 .describe_soft = true};
    info.dependencies =
        feature_graph_text(resolve_features(*store, resolve, stop), resolve.sorting);
  }
  info.json = info_json(question, info, document);
  return info;
}

}  // namespace fairlead
