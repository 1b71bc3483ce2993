#include "features/documentation.hpp"

#include "base/atomic_file.hpp"
#include "base/json_text.hpp"
#include "base/jsonc.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <system_error>

namespace fairlead {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// Text as it is, anything else as JSON writes it.
std::string words(const Json& value) {
  return value.is_string() ? value.get<std::string>() : json_text(value);
}

std::string text_member(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

std::string options_table(const Json& metadata) {
  const auto options = metadata.find("options");
  if (options == metadata.end() || !options->is_object()) return {};
  std::string rows;
  for (const auto& [id, option] : options->items()) {
    const auto given = option.find("default");
    // The reference CLI shows a missing default as its language calls it.
    const std::string value = given == option.end() ? "undefined" : or_dash(words(*given));
    rows += (rows.empty() ? "| " : "\n| ") + id + " | " +
            or_dash(text_member(option, "description")) + " | " +
            or_dash(text_member(option, "type")) + " | " + value + " |";
  }
  return "## Options\n\n| Options Id | Description | Type | Default Value |\n"
         "|-----|-----|-----|-----|\n" +
         rows;
}

std::string extensions_list(const Json& metadata) {
  const auto found =
      metadata.value(Json::json_pointer("/customizations/vscode/extensions"), Json());
  if (!found.is_array() || found.empty()) return {};
  std::string items;
  for (const Json& extension : found) {
    items += (items.empty() ? "- `" : "\n- `") + words(extension) + '`';
  }
  return "\n## Customizations\n\n### VS Code Extensions\n\n" + items + '\n';
}

std::string important_note(const Json& metadata) {
  const auto legacy = metadata.find("legacyIds");
  const bool renamed = legacy != metadata.end() && legacy->is_array() && !legacy->empty();
  const bool deprecated = metadata.value("deprecated", Json()) == Json(true);
  if (!renamed && !deprecated) return {};
  std::string note = "### **IMPORTANT NOTE**\n";
  if (deprecated) {
    note +=
        "- **This Feature is deprecated, and will no longer receive any further "
        "updates/support.**\n";
  }
  if (renamed) {
    std::string ids;
    for (const Json& id : *legacy) ids += (ids.empty() ? "'" : ", '") + words(id) + '\'';
    note += "- **Ids used to publish this Feature in the past - " + ids + "**\n";
  }
  return note;
}

std::string usage_block(const Json& metadata, const DocumentationPlace& place) {
  const std::string version = text_member(metadata, "version");
  const std::string major = version.empty() ? "latest" : version.substr(0, version.find('.'));
  return "## Example Usage\n\n```json\n\"features\": {\n    \"" + place.registry + '/' +
         place.space + '/' + text_member(metadata, "id") + ':' + major + "\": {}\n}\n```\n\n";
}

std::string source_link(ArtifactKind kind, const std::string& name,
                        const DocumentationPlace& place) {
  const std::string file = artifact_metadata_file(kind);
  if (place.owner.empty() || place.repository.empty()) return file;
  const std::string folder = place.folder.starts_with("./") ? place.folder.substr(2) : place.folder;
  return "https://github.com/" + place.owner + '/' + place.repository + "/blob/main/" + folder +
         '/' + name + '/' + file;
}

void generate_readme(ArtifactKind kind, const fs::path& folder, const DocumentationPlace& place,
                     const Log& log) {
  const fs::path readme = folder / "README.md";
  const std::string file = artifact_metadata_file(kind);
  log.text(LogLevel::info, "Generating " + readme.string() + "...");
  const auto metadata = read_file_if_there(folder / file);
  if (!metadata) {
    log.text(LogLevel::warning, "(!) Warning: " + file + " not found at path '" +
                                    (folder / file).string() + "'. Skipping...");
    return;
  }
  try {
    const auto notes = read_file_if_there(folder / "NOTES.md").value_or("");
    write_file(readme, readme_text(kind, *metadata, folder.filename().string(), notes, place));
  } catch (const Error& error) {
    if (error.status() != Status::invalid) throw;
    log.text(LogLevel::error, error.text());
  }
}

}  // namespace

std::string readme_text(ArtifactKind kind, const std::string& metadata, const std::string& name,
                        const std::string& notes, const DocumentationPlace& place) {
  const auto document = read_jsonc(metadata, {.file = artifact_metadata_file(kind)});
  if (!document || !document->is_object() || text_member(*document, "id").empty()) {
    throw Error(Status::invalid, "collection.incomplete",
                artifact_metadata_file(kind) + " for '" + name + "' does not contain an 'id'");
  }
  const std::string id = text_member(*document, "id");
  const std::string title = text_member(*document, "name");
  const bool feature = kind == ArtifactKind::feature;
  std::string text = important_note(*document);
  text += "\n# " + (title.empty() ? id : title + " (" + id + ')') + "\n\n";
  text += text_member(*document, "description") + "\n\n";
  if (feature) text += usage_block(*document, place);
  text += options_table(*document) + '\n';
  text += (feature ? extensions_list(*document) : std::string()) + '\n' + notes + '\n';
  return text + "\n---\n\n_Note: This file was auto-generated from the [" +
         artifact_metadata_file(kind) + "](" + source_link(kind, name, place) +
         ").  Add additional notes to a `NOTES.md`._\n";
}

void generate_readmes(ArtifactKind kind, const DocumentationPlace& place, const Log& log) {
  std::error_code none;
  if (!fs::is_directory(place.folder, none)) {
    throw Error(Status::not_found, "collection.target",
                "Target folder '" + place.folder + "' does not exist");
  }
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(place.folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with('.')) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    generate_readme(kind, fs::path(place.folder) / name, place, log);
  }
}

}  // namespace fairlead
