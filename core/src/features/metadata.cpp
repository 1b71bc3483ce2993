#include "features/metadata.hpp"

#include "base/json_text.hpp"
#include "base/jsonc.hpp"
#include "spec/json_access.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace fairlead {
namespace {

// Reads members of the document's parts; `at` is the JSON pointer of the part, for messages.
class Reader {
 public:
  Reader(std::string_view text, std::string file, bool lenient)
      : text_(text), file_(std::move(file)), lenient_(lenient) {}

  std::string text(const Json& part, const std::string& at, const char* key) const {
    const Json* value = member(part, key);
    if (value == nullptr) return {};
    if (lenient_ && !value->is_string()) return json_text(*value);
    require(value->is_string(), at + "/" + key, "text");
    return value->get<std::string>();
  }

  bool boolean(const Json& part, const std::string& at, const char* key) const {
    const Json* value = member(part, key);
    if (value == nullptr) return false;
    if (lenient_) return truthy(value);
    require(value->is_boolean(), at + "/" + key, "true or false");
    return value->get<bool>();
  }

  std::vector<std::string> texts(const Json& part, const std::string& at, const char* key) const {
    std::vector<std::string> result;
    const Json* value = member(part, key);
    if (value == nullptr) return result;
    if (lenient_ && !value->is_array()) return result;
    require(value->is_array(), at + "/" + key, "a list of texts");
    for (const Json& item : *value) {
      if (lenient_ && !item.is_string()) continue;
      require(item.is_string(), at + "/" + key, "a list of texts");
      result.push_back(item.get<std::string>());
    }
    return result;
  }

  Json object(const Json& part, const char* key) const {
    const Json* value = member(part, key);
    if (value == nullptr) return Json::object();
    if (lenient_ && !value->is_object()) return Json::object();
    require(value->is_object(), std::string("/") + key, "an object");
    return *value;
  }

  void require(bool condition, const std::string& pointer, const std::string& kind) const {
    if (condition) return;
    SourceLocation where{.file = file_, .line = 0, .column = 0, .text = {}};
    const auto places = SourceMap(std::string(text_), {.file = file_}).locate({pointer});
    if (!places.empty()) where = places.front();
    const std::string subject = pointer.empty() ? "the file" : "'" + pointer.substr(1) + "'";
    throw Error(Status::invalid, "features.metadata", subject + " must be " + kind).at(where);
  }

  bool lenient() const { return lenient_; }

 private:
  static const Json* member(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }

  std::string_view text_;
  std::string file_;
  bool lenient_;
};

// nullopt: neither text nor boolean nor number.
std::optional<std::string> option_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean() || value.is_number()) return json_text(value);
  return std::nullopt;
}

FeatureOption parse_option(const Reader& reader, const std::string& name, const Json& value) {
  const std::string at = "/options" + pointer_token(name);
  reader.require(value.is_object(), at, "an object with \"type\" and \"default\"");
  FeatureOption option;
  option.name = name;
  option.boolean = reader.text(value, at, "type") == "boolean";
  option.allowed = reader.texts(value, at, "enum");
  if (const auto found = value.find("default"); found != value.end() && !found->is_null()) {
    const auto text = option_text(*found);
    reader.require(text.has_value() || reader.lenient(), at + "/default", "text or a boolean");
    option.default_value = text.value_or(json_text(*found));
    option.has_default = true;
  } else if (option.boolean) {
    option.default_value = "false";
  }
  return option;
}

std::string word_characters(std::string_view name) {
  std::string result;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    // A character of several bytes counts once: its continuation bytes are left out.
    if ((static_cast<unsigned char>(c) & 0xC0U) == 0x80U) continue;
    result += letter || digit ? c : '_';
  }
  return result;
}

}  // namespace

FeatureMetadata parse_feature_metadata(std::string_view text, const std::string& file,
                                       bool lenient) {
  const auto document = read_jsonc(text, {.file = file, .lenient = lenient});
  const Reader reader(text, file, lenient);
  reader.require(document && document->is_object(), "", "an object");
  FeatureMetadata result;
  result.json = json_text(*document);
  result.id = reader.text(*document, "", "id");
  result.version = reader.text(*document, "", "version");
  result.name = reader.text(*document, "", "name");
  result.description = reader.text(*document, "", "description");
  result.documentation_url = reader.text(*document, "", "documentationURL");
  result.current_id = reader.text(*document, "", "currentId");
  result.deprecated = reader.boolean(*document, "", "deprecated");
  result.legacy_ids = reader.texts(*document, "", "legacyIds");
  result.installs_after = reader.texts(*document, "", "installsAfter");
  const Json dependencies = reader.object(*document, "dependsOn");
  for (const auto& [id, given] : dependencies.items()) {
    result.depends_on.emplace_back(id, json_text(given));
  }
  const Json options = reader.object(*document, "options");
  for (const auto& [name, option] : options.items()) {
    if (lenient && !option.is_object()) continue;
    result.options.push_back(parse_option(reader, name, option));
  }
  const Json environment = reader.object(*document, "containerEnv");
  for (const auto& [name, value] : environment.items()) {
    reader.require(value.is_string() || lenient, "/containerEnv" + pointer_token(name), "text");
    result.container_env.emplace_back(
        name, value.is_string() ? value.get<std::string>() : json_text(value));
  }
  return result;
}

ResolvedOptions resolve_options(const FeatureMetadata& metadata, const std::string& id,
                                const Json& given, bool reference) {
  ResolvedOptions result;
  for (const FeatureOption& option : metadata.options) {
    const bool assumed = option.boolean && !reference;
    if (option.has_default || assumed) result.values[option.name] = option.default_value;
  }
  Json overlay = given;
  if (!given.is_object()) {
    overlay = Json::object();
    const bool declared = std::ranges::any_of(
        metadata.options, [](const FeatureOption& option) { return option.name == "version"; });
    if (!given.is_null() && declared) overlay["version"] = given;
  }
  for (const auto& [name, value] : overlay.items()) {
    if (value.is_null()) continue;  // as if it were not there
    const auto text = option_text(value);
    if (!text) {
      throw Error(Status::invalid, "features.option_value",
                  "feature '" + id + "': option '" + name + "' must be text or a boolean");
    }
    result.values[name] = *text;
  }
  for (const FeatureOption& option : metadata.options) {
    const auto given_value = result.values.find(option.name);
    if (given_value == result.values.end()) continue;
    const std::string& value = given_value->second;
    const auto& allowed = option.allowed;
    if (allowed.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end()) {
      continue;
    }
    std::string list;
    for (const std::string& word : allowed) list += (list.empty() ? "'" : ", '") + word + "'";
    result.warnings.push_back("feature '" + id + "': option '" + option.name + "' is '" + value +
                              "', but the feature knows only " + list);
  }
  return result;
}

std::string option_variable(std::string_view option) {
  std::string name = word_characters(option);
  const std::size_t leading = std::min(name.find_first_not_of("0123456789_"), name.size());
  if (leading > 0) name.replace(0, leading, "_");
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

}  // namespace fairlead
