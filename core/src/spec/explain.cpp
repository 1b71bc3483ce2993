#include "base/json_text.hpp"
#include "base/jsonc.hpp"
#include "base/nearest.hpp"
#include "spec/document.hpp"
#include "spec/lifecycle.hpp"
#include "spec/verdict.hpp"

#include <fairlead/explain.hpp>
#include <fairlead/overlay.hpp>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace fairlead {
namespace {

/// Somebody who may say something: a file of the configuration, or metadata.
struct Speaker {
  std::string who;
  const Json* json = nullptr;
  const ConfigLayer* file = nullptr;  ///< null: metadata
};

std::string name_of(const ConfigLayer& layer) {
  if (!layer.reference.empty()) return layer.reference;
  const std::string name = layer.file.substr(layer.file.rfind('/') + 1);
  return layer.kind == ConfigLayer::Kind::override_config ? "override config " + name : name;
}

std::vector<Speaker> speakers_of(const std::vector<ConfigLayer>& layers,
                                 const std::vector<NamedEntry>& entries) {
  std::vector<Speaker> out;
  for (const auto& one : entries) out.push_back({one.who, one.entry.json.get(), nullptr});
  for (const auto& layer : layers) {
    out.push_back({name_of(layer), layer.raw.get(), &layer});
  }
  return out;
}

/// The way to a value: names of members; a name may hold dots itself ("ghcr.io/x/y:1").
struct Found {
  const Json* value = nullptr;
  std::string pointer;
  std::size_t depth = 0;
};

std::optional<Found> walk(const Json& from, std::string_view path, const Found& so_far) {
  for (std::size_t end = path.size(); end != std::string_view::npos && end > 0;
       end = path.rfind('.', end - 1)) {
    const std::string_view name = path.substr(0, end);
    const Json* next = member(from, name);
    if (next == nullptr) continue;
    const Found here{next, so_far.pointer + pointer_token(name), so_far.depth + 1};
    if (end == path.size()) return here;
    if (auto found = walk(*next, path.substr(end + 1), here)) return found;
  }
  return std::nullopt;
}

std::optional<Found> find_path(const Json& from, std::string_view path) {
  return walk(from, path, {});
}

std::string_view head_of(std::string_view path) { return path.substr(0, path.find('.')); }

/// Inside of a property other rules hold than for the whole.
MergeRule rule_below(std::string_view property, std::string_view rest, const Json* first) {
  const MergeRule whole = merge_rule(property);
  if (rest.empty()) return whole;
  if (whole == MergeRule::customizations) return whole;
  if (whole == MergeRule::nested_members && first != nullptr && first->is_object()) {
    return MergeRule::members;
  }
  return MergeRule::last;
}

/// Where the merged configuration keeps a property (IMG-027).
std::string merged_name(const std::string& property) {
  for (const auto& hook : hook_names) {
    if (hook.name == property) return std::string(hook.plural);
  }
  return property == "entrypoint" ? "entrypoints" : property;
}

/// Metadata about what only devcontainer.json may say has no effect (IMG-026).
bool may_say(const Speaker& speaker, std::string_view property) {
  return speaker.file != nullptr || is_metadata_property(property);
}

std::vector<Contribution> contributions_of(const std::vector<Speaker>& speakers,
                                           const std::string& path, MergeRule& rule) {
  const std::string property(head_of(path));
  std::vector<Contribution> out;
  std::vector<const Json*> values;
  std::vector<std::string> who;
  std::vector<std::size_t> judged;
  for (const auto& speaker : speakers) {
    const auto found = find_path(*speaker.json, path);
    if (!found) continue;
    Contribution one{speaker.who,
                     {},
                     json_text(*found->value),
                     Contribution::Outcome::lost,
                     "only devcontainer.json may say this"};
    if (speaker.file != nullptr) one.where = speaker.file->source->locate({found->pointer}).front();
    if (may_say(speaker, property)) {
      judged.push_back(out.size());
      values.push_back(found->value);
      who.push_back(speaker.who);
    }
    out.push_back(std::move(one));
  }
  const std::string_view rest = std::string_view(path).substr(property.size());
  rule = rule_below(property, rest, values.empty() ? nullptr : values.front());
  const auto verdicts = verdicts_on(rule, values, who);
  for (std::size_t i = 0; i < judged.size(); ++i) {
    out[judged[i]].outcome = verdicts[i].outcome;
    out[judged[i]].reason = verdicts[i].reason;
  }
  return out;
}

/// What counts when nobody says anything; for the workspace's folder and mount it was worked out,
/// and only then.
std::string default_of(const ConfigDocument& document, const std::string& path, bool said) {
  if (said) return std::string(default_text(path));
  if (path == "workspaceFolder" && !document.workspace.container_folder.empty()) {
    return json_quoted(document.workspace.container_folder);
  }
  if (path == "workspaceMount" && document.workspace.mount) {
    return json_quoted(*document.workspace.mount);
  }
  return std::string(default_text(path));
}

void add_default(const ConfigDocument& document, Explanation& explanation) {
  const std::string text =
      default_of(document, explanation.property, !explanation.contributions.empty());
  if (text.empty()) return;
  auto& all = explanation.contributions;
  const bool taken = std::any_of(all.begin(), all.end(), [](const Contribution& one) {
    return one.outcome != Contribution::Outcome::lost;
  });
  Contribution one{"default", {}, text, Contribution::Outcome::won, "nobody says otherwise"};
  if (taken) one.outcome = Contribution::Outcome::lost;
  if (taken) one.reason = "somebody says otherwise";
  all.insert(all.begin(), std::move(one));
}

std::string effective(const ConfigDocument& document, const Json& merged,
                      const Explanation& explanation) {
  const std::string property(head_of(explanation.property));
  const std::string rest = explanation.property.substr(property.size());
  // In the merged configuration each tool has a list of what all say, so a path ends there.
  const bool whole = merge_rule(property) == MergeRule::customizations && !rest.empty();
  const Json& from = whole ? *document.json : merged;
  const std::string name = whole ? property : merged_name(property);
  if (const auto found = find_path(from, name + rest)) {
    const bool empty = found->value->is_array() && found->value->empty();
    if (!(empty && explanation.contributions.empty())) return json_text(*found->value);
  }
  const auto& all = explanation.contributions;
  return !all.empty() && all.front().who == "default" &&
                 all.front().outcome == Contribution::Outcome::won
             ? all.front().value
             : std::string();
}

Explanation explain_one(const ConfigDocument& document, const std::vector<Speaker>& speakers,
                        const Json& merged, const std::string& path) {
  Explanation out;
  out.property = path;
  MergeRule rule = MergeRule::last;
  out.contributions = contributions_of(speakers, path, rule);
  out.rule = rule_text(rule);
  add_default(document, out);
  out.value = effective(document, merged, out);
  return out;
}

/// Every property that somebody said, in order of first appearance, without the entries' `id`.
std::vector<std::string> said_by(const std::vector<Speaker>& speakers) {
  std::vector<std::string> out;
  for (const auto& speaker : speakers) {
    for (const auto& [name, ignored] : speaker.json->items()) {
      if (name == "id" && speaker.file == nullptr) continue;
      if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
    }
  }
  return out;
}

void require_known(const std::string& property, const std::vector<std::string>& said) {
  const auto& known = known_properties();
  const std::string head(head_of(property));
  const bool good = std::find(known.begin(), known.end(), head) != known.end() ||
                    std::find(said.begin(), said.end(), head) != said.end() || head == "entrypoint";
  if (good) return;
  throw Error(Status::invalid, "config.property",
              "devcontainer.json has no property \"" + head + '"', did_you_mean(head, known));
}

MergedConfig merged_of(const ConfigDocument& document, const std::vector<NamedEntry>& entries) {
  std::vector<MetadataEntry> all;
  for (const auto& one : entries) all.push_back(one.entry);
  for (auto& own : own_metadata_entries(document)) all.push_back(std::move(own));
  return merge(document, all, Faulty::ignore);
}

}  // namespace

std::vector<Explanation> explain(const ConfigDocument& document,
                                 const std::vector<NamedEntry>& entries,
                                 const std::string& property) {
  const auto layers = config_layers(document);
  const auto speakers = speakers_of(layers, entries);
  const auto said = said_by(speakers);
  const auto merged = merged_of(document, entries);
  std::vector<Explanation> out;
  if (property.empty()) {
    for (const auto& name : said)
      out.push_back(explain_one(document, speakers, *merged.json, name));
    return out;
  }
  require_known(property, said);
  out.push_back(explain_one(document, speakers, *merged.json, property));
  return out;
}

}  // namespace fairlead
