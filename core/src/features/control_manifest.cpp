#include "features/control_manifest.hpp"

#include "base/jsonc.hpp"
#include "features/semver.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view rule =
    "----------------------------------------------------------------------------------------------"
    "-"
    "------------";

std::string text_of(const Json& entry, const char* name) {
  const auto found = entry.find(name);
  return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool has_texts(const Json& entry, std::initializer_list<const char*> names) {
  return entry.is_object() && std::all_of(names.begin(), names.end(), [&](const char* name) {
           return entry.contains(name) && entry[name].is_string();
         });
}

Json list_of(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_array() ? *found : Json::array();
}

Json read(std::string_view text) {
  try {
    auto json = read_jsonc(text, {.file = "control manifest"});
    return json && json->is_object() ? std::move(*json) : Json::object();
  } catch (const Error&) {
    return Json::object();
  }
}

bool is_hit(const FeatureAdvisory& advisory, const std::string& id, const std::string& version) {
  const auto used = parse_semantic_version(version);
  const auto from = parse_semantic_version(advisory.introduced);
  const auto until = parse_semantic_version(advisory.fixed);
  return advisory.feature == id && used && from && until && compare_versions(*used, *from) >= 0 &&
         compare_versions(*used, *until) < 0;
}

}  // namespace

ControlManifest parse_control_manifest(std::string_view text) {
  const Json json = read(text);
  ControlManifest manifest;
  for (const auto& entry : list_of(json, "disallowedFeatures")) {
    if (!has_texts(entry, {"featureIdPrefix"})) continue;
    manifest.disallowed.push_back({.prefix = text_of(entry, "featureIdPrefix"),
                                   .documentation_url = text_of(entry, "documentationURL")});
  }
  for (const auto& entry : list_of(json, "featureAdvisories")) {
    if (!has_texts(entry, {"featureId", "introducedInVersion", "fixedInVersion", "description"})) {
      continue;
    }
    manifest.advisories.push_back({.feature = text_of(entry, "featureId"),
                                   .introduced = text_of(entry, "introducedInVersion"),
                                   .fixed = text_of(entry, "fixedInVersion"),
                                   .description = text_of(entry, "description"),
                                   .documentation_url = text_of(entry, "documentationURL")});
  }
  return manifest;
}

const DisallowedEntry* disallowed_entry(const ControlManifest& manifest, std::string_view id) {
  const auto found = std::find_if(
      manifest.disallowed.begin(), manifest.disallowed.end(), [id](const DisallowedEntry& entry) {
        const auto size = entry.prefix.size();
        return id.starts_with(entry.prefix) &&
               (id.size() == size ||
                std::string_view("/:@").find(id[size]) != std::string_view::npos);
      });
  return found == manifest.disallowed.end() ? nullptr : &*found;
}

std::string advisory_text(const ControlManifest& manifest,
                          std::vector<std::pair<std::string, std::string>> features) {
  std::sort(features.begin(), features.end());
  std::string hits;
  for (const auto& [id, version] : features) {
    std::string lines;
    for (const auto& advisory : manifest.advisories) {
      if (!is_hit(advisory, id, version)) continue;
      lines += "\n  - " + advisory.description + " (introduced in " + advisory.introduced +
               ", fixed in " + advisory.fixed +
               (advisory.documentation_url.empty() ? "" : ", see " + advisory.documentation_url) +
               ')';
    }
    if (!lines.empty())
      hits.append("\n- ").append(id).append(":").append(version).append(":") += lines;
  }
  if (hits.empty()) return {};
  const auto line = std::string(rule);
  return "\n\n" + line + "\nFEATURE ADVISORIES:" + hits +
         "\n\nIt is recommended that you update your configuration to versions of these features "
         "with the fixes applied.\n" +
         line + "\n\n";
}

}  // namespace fairlead
