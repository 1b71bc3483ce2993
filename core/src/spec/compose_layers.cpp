#include "spec/compose_layers.hpp"

#include "base/json_text.hpp"
#include "base/jsonc.hpp"
#include "spec/merge.hpp"
#include "spec/object_builder.hpp"
#include "spec/rules.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace fairlead {
namespace {

void erase_member(Json& object, std::string_view name) { object.erase(std::string(name)); }

bool has_dockerfile(const Json& layer) {
  const Json* build = member(layer, "build");
  return member(layer, "dockerFile") != nullptr ||
         (build != nullptr && member(*build, "dockerfile") != nullptr);
}

/// Takes the container sources out of a farther file that a nearer one replaces.
void drop_replaced_source(Json& farther, const Json& nearer) {
  const bool image = member(nearer, "image") != nullptr;
  const bool dockerfile = has_dockerfile(nearer);
  const bool compose = member(nearer, "dockerComposeFile") != nullptr;
  if (!image && !dockerfile && !compose) return;
  if (!image) erase_member(farther, "image");
  if (!compose) {
    for (const char* name : {"dockerComposeFile", "service", "runServices"}) {
      erase_member(farther, name);
    }
  }
  if (dockerfile) {
    // The old and the new spelling are one source.
    const bool old = member(nearer, "dockerFile") != nullptr;
    if (!old) erase_member(farther, "dockerFile");
    if (!old) erase_member(farther, "context");
    if (old && farther.contains("build")) erase_member(farther["build"], "dockerfile");
  } else {
    for (const char* name : {"build", "dockerFile", "context"}) erase_member(farther, name);
  }
}

/// Objects member by member, lists one behind the other without repetitions, else the nearer one.
Json deep(const Json& farther, const Json& nearer) {
  if (farther.is_object() && nearer.is_object()) {
    ObjectBuilder out(farther);
    for (const auto& [name, value] : nearer.items()) {
      const Json* present = out.find(name);
      out.set(name, present == nullptr ? value : deep(*present, value));
    }
    return out.take();
  }
  if (!farther.is_array() || !nearer.is_array()) return nearer;
  Json out = farther;
  std::unordered_set<std::string> seen;
  for (const Json& item : farther) seen.insert(json_text(item));
  for (const Json& item : nearer) {
    if (seen.insert(json_text(item)).second) out.push_back(item);
  }
  return out;
}

Json as_list(const Json& value) { return value.is_array() ? value : Json::array({value}); }

Json combine(MergeRule rule, const Json& farther, const Json& nearer) {
  if (rule == MergeRule::list) {
    Json out = as_list(farther);
    for (const Json& item : as_list(nearer)) out.push_back(item);
    return out;
  }
  if (rule == MergeRule::customizations) return deep(farther, nearer);
  const bool members = rule == MergeRule::members || rule == MergeRule::nested_members;
  if (!members || !farther.is_object() || !nearer.is_object()) return nearer;
  ObjectBuilder out(farther);
  for (const auto& [name, value] : nearer.items()) {
    const Json* present = out.find(name);
    const bool inside = rule == MergeRule::nested_members && present != nullptr;
    out.set(name, inside ? combine(MergeRule::members, *present, value) : value);
  }
  return out.take();
}

/// What the merge of metadata makes of the files' values, where its result has the same form.
bool merged_as_metadata(std::string_view name) {
  const MergeRule rule = merge_rule(name);
  return is_metadata_property(name) && rule != MergeRule::all && rule != MergeRule::customizations;
}

std::vector<std::string> tokens_of(const std::string& pointer) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < pointer.size();) {
    const std::size_t end = std::min(pointer.find('/', at + 1), pointer.size());
    std::string token;
    for (std::size_t i = at + 1; i < end; ++i) {
      const bool escape = pointer[i] == '~' && i + 1 < end;
      token += escape ? (pointer[++i] == '1' ? '/' : '~') : pointer[i];
    }
    out.push_back(std::move(token));
    at = end;
  }
  return out;
}

const Json* child(const Json& value, const std::string& token) {
  if (!value.is_array()) return member(value, token);
  std::size_t index = 0;
  for (const char c : token) {
    if (c < '0' || c > '9' || index > value.size()) return nullptr;
    index = index * 10 + static_cast<std::size_t>(c - '0');
  }
  return !token.empty() && index < value.size() ? &value[index] : nullptr;
}

struct Trail {
  std::size_t layer;
  const Json* value;
  std::string pointer;
};

/// One step down in one file; an item of a list is the one with the same value.
std::optional<Trail> step(const Trail& from, const std::string& token, const Json& wanted) {
  if (from.value->is_object()) {
    const Json* next = member(*from.value, token);
    if (next == nullptr) return std::nullopt;
    return Trail{from.layer, next, from.pointer + pointer_token(token)};
  }
  if (!from.value->is_array()) {
    // A single value stands for a list of one.
    return *from.value == wanted ? std::optional<Trail>(from) : std::nullopt;
  }
  for (std::size_t i = 0; i < from.value->size(); ++i) {
    const Json& item = (*from.value)[i];
    if (item == wanted) return Trail{from.layer, &item, from.pointer + '/' + std::to_string(i)};
  }
  return std::nullopt;
}

}  // namespace

Json compose_layers(std::vector<Json> layers) {
  for (std::size_t near = layers.size(); near-- > 1;) {
    for (std::size_t far = 0; far < near; ++far) drop_replaced_source(layers[far], layers[near]);
  }
  ObjectBuilder all;
  for (const Json& layer : layers) {
    for (const auto& [name, value] : layer.items()) {
      const Json* present = all.find(name);
      all.set(name, present == nullptr ? value : combine(merge_rule(name), *present, value));
    }
  }
  Json out = all.take();
  erase_member(out, "extends");
  const Json merged = merge_json(Json::object(), layers, Mode::fairlead);
  for (auto& [name, value] : out.items()) {
    if (!merged_as_metadata(name)) continue;
    if (const Json* result = member(merged, name)) value = *result;
  }
  return out;
}

LayerPlace find_in_layers(const Json& composed, const std::vector<const Json*>& layers,
                          const std::string& pointer) {
  std::vector<Trail> trails;
  for (std::size_t i = 0; i < layers.size(); ++i) trails.push_back({i, layers[i], {}});
  const Json* at = &composed;
  for (const auto& token : tokens_of(pointer)) {
    at = child(*at, token);
    if (at == nullptr) break;
    std::vector<Trail> next;
    for (const auto& trail : trails) {
      if (auto found = step(trail, token, *at)) next.push_back(std::move(*found));
    }
    if (next.empty()) break;
    trails = std::move(next);
  }
  return {trails.back().layer, trails.back().pointer};
}

}  // namespace fairlead
