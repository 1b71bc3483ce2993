#include "features/plan.hpp"

#include "base/json_text.hpp"
#include "base/jsonc.hpp"
#include "base/parallel.hpp"
#include "features/missing_offline.hpp"
#include "features/remote_feature.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t parallel_downloads = 8;

Json configuration_of(const FeaturesPlanRequest& request) {
  Json json = Json::parse(request.config, nullptr, false);
  if (json.is_object()) return json;
  throw Error(Status::invalid, "features.syntax", "the configuration must be a JSON object");
}

/// The members that JavaScript spreads from a value: items by their index, of scalars none.
Json spread(const Json& value) {
  if (value.is_object()) return value;
  Json out = Json::object();
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) out[std::to_string(i)] = value[i];
  } else if (value.is_string() && !value.get_ref<const std::string&>().empty()) {
    out["0"] = value;
  }
  return out;
}

Json features_object(const Json& config, bool drop_in) {
  const auto found = config.find("features");
  if (found == config.end() || found->is_null()) return Json::object();
  if (found->is_object() || drop_in) return spread(*found);
  throw Error(Status::invalid, "features.syntax",
              "\"features\" must be an object that maps features to their options");
}

/// The reference reads this like any configuration: it makes something of everything.
Json additional_object(const FeaturesPlanRequest& request) {
  if (request.additional_features.empty()) return Json::object();
  const JsoncOptions options{.file = "--additional-features", .lenient = request.drop_in};
  const Json json = read_jsonc(request.additional_features, options).value_or(Json());
  if (json.is_object() || request.drop_in) return spread(json);
  throw Error(Status::invalid, "features.syntax", "additional features must be a JSON object");
}

// FEAT-052: features of the command line come behind the configuration's and never replace one.
std::vector<WantedFeature> wanted_features(const FeaturesPlanRequest& request, const Json& config) {
  Json features = features_object(config, request.drop_in);
  const Json additional = additional_object(request);
  for (const auto& [id, options] : additional.items()) {
    if (!features.contains(id)) features[id] = options;
  }
  std::vector<WantedFeature> wanted;
  for (const auto& [id, options] : features.items()) {
    if (options.is_null()) {
      throw Error(Status::invalid, "features.syntax", "feature '" + id + "' has null for options");
    }
    wanted.push_back({.id = id, .options = json_text(options)});
  }
  return wanted;
}

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
void add_warnings(const DescribedFeature& feature, bool drop_in,
                  std::vector<std::string>& warnings) {
  const FeatureMetadata& metadata = feature.metadata;
  const FeatureReference& reference = feature.source.reference;
  const std::string subject = "feature '" + reference.id + "'";
  if (!reference.shorthand.empty()) {
    warnings.push_back("'" + reference.shorthand + "' is deprecated and stands for '" +
                       reference.id + "'");
  }
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

PlannedFeature planned_feature(const ResolvedFeature& resolved, std::string folder, bool drop_in,
                               std::vector<std::string>& warnings) {
  const FeatureMetadata& metadata = resolved.described.metadata;
  ResolvedOptions options = resolve_options(metadata, resolved.written, *resolved.options, drop_in);
  warnings.insert(warnings.end(), options.warnings.begin(), options.warnings.end());
  return {.id = resolved.written,
          .folder = std::move(folder),
          .metadata = metadata.json,
          .user_options = json_text(*resolved.options),
          .options = std::move(options.values)};
}

/// Where the failure is in the order, as the reference names it.
std::string fetch_noting(FeatureStore& store, const ResolvedFeature& feature, std::size_t place,
                         std::stop_token stop) {
  try {
    return store.fetch(feature.described, std::move(stop));
  } catch (Error& error) {
    const FeatureReference& reference = feature.described.source.reference;
    const char* kind = reference.kind == FeatureKind::release   ? "_github-repo"
                       : reference.kind == FeatureKind::tarball ? "_direct-tarball"
                                                                : "_oci";
    if (error.code() == "features.release" || error.code() == "registry.manifest") {
      error.note("fetching " + reference.name + '_' + std::to_string(place) + kind);
    }
    throw;
  }
}

struct PartOfAnother {
  std::string_view word;
  std::string_view feature;
  std::string_view option;
};
constexpr std::array<PartOfAnother, 3> parts_of_others{{
    {"gradle", "java", "installGradle"},
    {"maven", "java", "installMaven"},
    {"jupyterlab", "python", "installJupyterlab"},
}};

Json with_option(const Json& given, std::string_view option) {
  Json options = given.is_object() ? given : Json::object();
  if (given.is_string()) options["version"] = given;
  options[std::string(option)] = true;
  return options;
}

/// FEAT-009: what became an option of another feature asks for that one.
void replace_parts(std::vector<WantedFeature>& wanted, std::vector<std::string>& warnings) {
  for (const PartOfAnother& part : parts_of_others) {
    const auto found = std::find_if(wanted.begin(), wanted.end(),
                                    [&](const auto& one) { return one.id == part.word; });
    if (found == wanted.end()) continue;
    wanted.erase(found);
    warnings.push_back("'" + std::string(part.word) + "' is deprecated and now an option of '" +
                       std::string(part.feature) + "'");
    const std::string name = "ghcr.io/devcontainers/features/" + std::string(part.feature);
    const auto whole = std::find_if(wanted.begin(), wanted.end(), [&](const auto& one) {
      return one.id == part.feature || one.id == name || one.id.starts_with(name + ':');
    });
    if (whole == wanted.end()) {
      wanted.push_back({name + ":1", json_text(with_option(Json::object(), part.option))});
    } else {
      whole->options = json_text(with_option(Json::parse(whole->options), part.option));
    }
  }
}

}  // namespace

ResolveRequest resolve_request(const FeaturesPlanRequest& request) {
  const Json config = configuration_of(request);
  ResolveRequest resolve{
      .wanted = wanted_features(request, config),
      .overrides = override_ids(config),
      .sorting = request.drop_in ? FeatureSorting::reference_cli : FeatureSorting::specification};
  replace_parts(resolve.wanted, resolve.warnings);
  return resolve;
}

std::set<std::string> additional_only(const FeaturesPlanRequest& request) {
  std::set<std::string> ids;
  const Json features = features_object(configuration_of(request), request.drop_in);
  const Json additional = additional_object(request);
  for (const auto& [id, options] : additional.items()) {
    if (!features.contains(id)) ids.insert(id);
  }
  return ids;
}

FetchedList fetch_features(FeatureStore& store, ResolvedList ordered, std::stop_token stop) {
  std::vector<std::string> folders(ordered.size());
  MissingOffline missing;
  for_each_parallel(ordered.size(), parallel_downloads, std::move(stop),
                    [&](std::size_t i, const std::stop_token& each) {
                      missing.note(ordered[i]->written,
                                   [&] { folders[i] = fetch_noting(store, *ordered[i], i, each); });
                    });
  missing.throw_if_any();
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    const FeatureReference& reference = ordered[i]->described.source.reference;
    if (reference.kind != FeatureKind::release) continue;
    auto feature = std::make_shared<ResolvedFeature>(*ordered[i]);
    auto release = fetched_release(folders[i], reference);
    feature->described.metadata = std::move(release.metadata);
    feature->described.digest = std::move(release.digest);
    ordered[i] = std::move(feature);
  }
  return {std::move(ordered), std::move(folders)};
}

FeaturesPlanReply plan_features(const FeaturesPlanRequest& request, FeatureStore& store,
                                const std::function<void(const ResolvedList&)>& on_resolved,
                                std::stop_token stop) {
  const ResolveRequest resolve = resolve_request(request);
  const ResolvedList ordered =
      in_install_order(resolve_features(store, resolve, stop), store, resolve);
  if (on_resolved) on_resolved(ordered);
  const auto fetched = fetch_features(store, ordered, std::move(stop));
  FeaturesPlanReply reply{.features = {}, .warnings = resolve.warnings};
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    const ResolvedFeature& feature = *fetched.features[i];
    add_warnings(feature.described, request.drop_in, reply.warnings);
    reply.features.push_back(
        planned_feature(feature, fetched.folders[i], request.drop_in, reply.warnings));
  }
  return reply;
}

}  // namespace fairlead
