#include "features/lockfile.hpp"

#include "base/jsonc.hpp"
#include "base/text.hpp"
#include "features/collation.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view digest_prefix = "sha256:";

Error invalid(const std::string& file, const std::string& what) {
  return Error(Status::invalid, "lockfile.invalid", what,
               "Remove the lockfile; the next `up` or `build` writes a new one.")
      .at({.file = file, .line = 0, .column = 0, .text = {}});
}

/// What is wrong with its form is no fault of the configuration's.
std::optional<Json> document_of(std::string_view text, const std::string& file) {
  try {
    return read_jsonc(text, {.file = file});
  } catch (const Error& error) {
    throw Error(Status::invalid, "lockfile.invalid", error.message(),
                "Remove the lockfile; the next `up` or `build` writes a new one.")
        .at(error.where());
  }
}

std::string text_member(const Json& entry, const char* key) {
  const auto found = entry.find(key);
  return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
}

LockedFeature parse_entry(const Json& entry) {
  LockedFeature locked{.version = text_member(entry, "version"),
                       .resolved = text_member(entry, "resolved"),
                       .integrity = text_member(entry, "integrity"),
                       .depends_on = {}};
  if (const auto found = entry.find("dependsOn"); found != entry.end() && found->is_array()) {
    for (const Json& id : *found) {
      if (id.is_string()) locked.depends_on.push_back(id.get<std::string>());
    }
  }
  return locked;
}

Json entry_json(const LockedFeature& locked) {
  Json json = Json::object();
  if (!locked.version.empty()) json["version"] = locked.version;
  json["resolved"] = locked.resolved;
  json["integrity"] = locked.integrity;
  if (!locked.depends_on.empty()) json["dependsOn"] = locked.depends_on;
  return json;
}

}  // namespace

std::optional<Lockfile> parse_lockfile(std::string_view text, const std::string& file) {
  if (trim(text).empty()) return std::nullopt;
  const auto document = document_of(text, file);
  if (!document || !document->is_object()) {
    throw invalid(file, "The lockfile must be a JSON object.");
  }
  Lockfile lockfile;
  const auto features = document->find("features");
  if (features == document->end()) return lockfile;
  if (!features->is_object()) throw invalid(file, "'features' must be an object.");
  for (const auto& [id, entry] : features->items()) {
    if (!entry.is_object()) throw invalid(file, "'features/" + id + "' must be an object.");
    lockfile.emplace(id, parse_entry(entry));
  }
  return lockfile;
}

std::string locked_digest(const Lockfile& lockfile, const std::string& id) {
  auto found = lockfile.find(id);
  if (found == lockfile.end()) found = lockfile.find(to_lower(id));
  if (found == lockfile.end()) return {};
  // For a registry's feature "resolved" names the manifest, whatever "integrity" is a digest of.
  const LockedFeature& locked = found->second;
  const auto at = locked.resolved.rfind('@');
  const bool named = at != std::string::npos &&
                     std::string_view(locked.resolved).substr(at + 1).starts_with(digest_prefix);
  return named ? locked.resolved.substr(at + 1) : locked.integrity;
}

Lockfile lock_features(const ResolvedList& features, const std::set<std::string>& left_out,
                       bool as_written) {
  Lockfile lockfile;
  for (const auto& feature : features) {
    const DescribedFeature& described = feature->described;
    if (described.digest.empty() || left_out.contains(feature->written)) continue;
    LockedFeature locked{.version = described.metadata.version,
                         .resolved = described.resolved,
                         .integrity = described.digest,
                         .depends_on = {}};
    for (const auto& [id, options] : described.metadata.depends_on) {
      locked.depends_on.push_back(as_written ? id : to_lower(id));
    }
    lockfile[as_written ? feature->written : to_lower(feature->written)] = std::move(locked);
  }
  return lockfile;
}

std::string lockfile_text(const Lockfile& lockfile) {
  std::vector<std::string> ids;
  for (const auto& [id, locked] : lockfile) ids.push_back(id);
  std::sort(ids.begin(), ids.end(), [](const std::string& a, const std::string& b) {
    const int order = compare_collated(a, b);
    return order != 0 ? order < 0 : a < b;
  });
  Json features = Json::object();
  for (const std::string& id : ids) features[id] = entry_json(lockfile.at(id));
  return Json{{"features", std::move(features)}}.dump(2) + '\n';
}

std::string lockfile_path(const std::string& config_file) {
  const std::filesystem::path config = config_file;
  const bool dotted = config.filename().string().starts_with('.');
  return (config.parent_path() / (dotted ? ".devcontainer-lock.json" : "devcontainer-lock.json"))
      .string();
}

}  // namespace fairlead
