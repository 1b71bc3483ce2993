#include "features/offered.hpp"

#include "base/json_text.hpp"
#include "base/jsonc.hpp"
#include "base/text.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* standard_services = "services:";

Error syntax_error(const std::string& what) {
  return Error(Status::invalid, "collection.syntax", what);
}

std::string text_of(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  return found->is_boolean() || found->is_number() ? json_text(*found) : std::string();
}

std::vector<std::string> texts_of(const Json& json, const char* name) {
  std::vector<std::string> texts;
  const auto found = json.find(name);
  if (found == json.end() || !found->is_array()) return texts;
  for (const auto& entry : *found) {
    if (entry.is_string()) texts.push_back(entry.get<std::string>());
  }
  return texts;
}

TemplateOption option_of(const std::string& name, const Json& json) {
  TemplateOption option{.name = name,
                        .description = text_of(json, "description"),
                        .default_value = text_of(json, "default"),
                        .choices = texts_of(json, "enum"),
                        .only_choices = true};
  if (text_of(json, "type") == "boolean") {
    option.choices = {"true", "false"};
    if (option.default_value.empty()) option.default_value = "false";
  } else if (option.choices.empty()) {
    option.choices = texts_of(json, "proposals");
    option.only_choices = false;
  }
  return option;
}

OfferedTemplate template_of(const Json& json, const std::string& id) {
  OfferedTemplate offered{.id = id,
                          .name = text_of(json, "name"),
                          .description = text_of(json, "description"),
                          .options = {},
                          .optional_paths = texts_of(json, "optionalPaths")};
  const auto options = json.find("options");
  if (options == json.end() || !options->is_object()) return offered;
  for (const auto& [name, option] : options->items()) {
    if (option.is_object()) offered.options.push_back(option_of(name, option));
  }
  return offered;
}

Json entries_of(std::string_view collection, const char* kind) {
  const auto json = Json::parse(collection, nullptr, false);
  const auto list = json.is_object() ? json.find(kind) : json.end();
  if (!json.is_object() || list == json.end() || !list->is_array()) {
    throw syntax_error("The collection has no list of " + std::string(kind) + ".");
  }
  return *list;
}

template <class Offered>
void sort_by_id(std::vector<Offered>& all) {
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
}

std::string major_of(const std::string& version) { return version.substr(0, version.find('.')); }

std::size_t indentation(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

/// The key of "  name:" or "  'name': # …".
std::optional<std::string> key_of(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  auto key = trim(line.substr(0, colon));
  const bool quoted =
      key.size() > 1 && key.front() == key.back() && (key.front() == '\'' || key.front() == '"');
  if (quoted) key = key.substr(1, key.size() - 2);
  return key.empty() ? std::nullopt : std::optional(std::string(key));
}

bool is_blank_or_comment(std::string_view line) {
  const auto text = trim(line);
  return text.empty() || text.front() == '#';
}

}  // namespace

OfferedTemplate offered_template(std::string_view metadata, const std::string& id) {
  const auto json = read_jsonc(metadata, {.file = id + "/devcontainer-template.json"});
  if (json && json->is_object()) return template_of(*json, id);
  throw syntax_error("The metadata of the template " + id + " is no object.");
}

std::vector<OfferedTemplate> templates_in(std::string_view collection, const std::string& space) {
  std::vector<OfferedTemplate> all;
  for (const auto& entry : entries_of(collection, "templates")) {
    const auto id = entry.is_object() ? text_of(entry, "id") : std::string();
    if (!id.empty()) all.push_back(template_of(entry, space + '/' + id));
  }
  sort_by_id(all);
  return all;
}

std::vector<OfferedFeature> features_in(std::string_view collection, const std::string& space) {
  std::vector<OfferedFeature> all;
  for (const auto& entry : entries_of(collection, "features")) {
    const auto id = entry.is_object() ? text_of(entry, "id") : std::string();
    if (id.empty() || entry.value("deprecated", Json(false)) == Json(true)) continue;
    const auto major = major_of(text_of(entry, "version"));
    all.push_back({.id = space + '/' + id + (major.empty() ? "" : ':' + major),
                   .name = text_of(entry, "name"),
                   .description = text_of(entry, "description")});
  }
  sort_by_id(all);
  return all;
}

std::vector<std::string> compose_services(std::string_view text) {
  std::vector<std::string> services;
  bool inside = false;
  std::size_t indent = 0;
  for (auto line : split(text, '\n')) {
    if (is_blank_or_comment(line)) continue;
    const auto depth = indentation(line);
    if (depth == 0) {
      inside = line.starts_with(standard_services);
      indent = 0;
      continue;
    }
    if (!inside) continue;
    if (indent == 0) indent = depth;
    if (depth != indent) continue;
    if (auto key = key_of(line)) services.push_back(std::move(*key));
  }
  return services;
}

std::string config_for(const std::string& name, const std::string& path,
                       const std::string& service) {
  const auto relative = std::filesystem::path("..") / path;
  std::string text = "{\n  \"name\": " + json_text(Json(name)) + ",\n";
  if (service.empty()) {
    text += "  \"build\": {\n    \"dockerfile\": " + json_text(Json(relative.string())) +
            ",\n    \"context\": \"..\"\n  }\n}\n";
    return text;
  }
  return text + "  \"dockerComposeFile\": " + json_text(Json(relative.string())) +
         ",\n  \"service\": " + json_text(Json(service)) +
         ",\n  \"workspaceFolder\": \"/workspaces/${localWorkspaceFolderBasename}\"\n}\n";
}

}  // namespace fairlead
