#include "base/atomic_file.hpp"
#include "base/json_text.hpp"
#include "base/jsonc.hpp"
#include "engine/registry_access.hpp"
#include "engine/staging.hpp"
#include "features/archive.hpp"
#include "features/template.hpp"

#include <fairlead/templates.hpp>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace fairlead {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* metadata_file = "devcontainer-template.json";

Error wrong_arguments(const std::string& message) {
  return Error(Status::invalid, "template.arguments", message);
}

Json read_argument(const std::string& text, const char* what) {
  try {
    return read_jsonc(text, {.file = what}).value_or(Json());
  } catch (const Error& error) {
    throw wrong_arguments(std::string("Invalid ") + what + " provided: " + error.message());
  }
}

TemplateOptions read_options(const std::string& text) {
  const Json json = read_argument(text, "template options");
  if (!json.is_object()) {
    throw wrong_arguments("Invalid template options provided. Expected an object.");
  }
  TemplateOptions options;
  for (const auto& [name, value] : json.items()) {
    if (!value.is_string()) {
      throw wrong_arguments("Invalid template options provided. Expected a string value, but got " +
                            std::string(value.type_name()));
    }
    options[name] = value.get<std::string>();
  }
  return options;
}

std::vector<AddedFeature> read_features(const std::string& text) {
  const Json json = read_argument(text, "template features");
  if (!json.is_array()) {
    throw wrong_arguments("Invalid template options provided. Expected an array.");
  }
  std::vector<AddedFeature> features;
  for (const Json& entry : json) {
    const auto id = entry.is_object() ? entry.find("id") : entry.end();
    if (id == entry.end() || !id->is_string() || id->get_ref<const std::string&>().empty()) {
      throw wrong_arguments("Feature entry requires an Id.");
    }
    const Json options = entry.value("options", Json());
    features.push_back(
        {.id = id->get<std::string>(), .options = options.is_null() ? "{}" : json_text(options)});
  }
  return features;
}

std::vector<std::string> read_omitted(const std::string& text) {
  if (text.empty()) return {};
  const Json json = read_argument(text, "'--omit-paths' argument");
  if (!json.is_array()) {
    throw wrong_arguments(
        "Invalid '--omitPaths' argument provided. Provide as a JSON array, eg: "
        "'[\".github/*\", \"dir/a/*\", \"file.ts\"]'");
  }
  std::vector<std::string> omitted;
  for (const Json& path : json) {
    if (path.is_string()) omitted.push_back(path.get<std::string>());
  }
  return omitted;
}

bool is_folder_name(const Core& core, const std::string& id) {
  return core.mode() == Mode::fairlead &&
         (id.starts_with("./") || id.starts_with("../") || id.starts_with('/'));
}

std::vector<std::string> files_below(const fs::path& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path().lexically_relative(folder).string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// A template's files, unpacked.
struct Unpacked {
  fs::path folder;
  std::vector<std::string> files;
};

Unpacked from_folder(const Core& core, const std::string& id) {
  const fs::path folder = (fs::path(core.options().working_directory) / id).lexically_normal();
  std::error_code none;
  if (!fs::exists(folder / metadata_file, none)) {
    throw Error(Status::not_found, "template.not_found", "Failed to fetch template '" + id + "'.",
                "There is no " + std::string(metadata_file) + " in " + folder.string() + '.');
  }
  return {folder, files_below(folder)};
}

Unpacked from_registry(Core& core, const std::string& id, const fs::path& folder,
                       const std::stop_token& stop) {
  Registry registry(registry_options(core, core.settings({}, nullptr)), core.log());
  const auto reference = parse_oci_reference(id);
  const auto manifest = registry.manifest(reference, stop);
  if (manifest.config.media_type != devcontainer_config_type || manifest.layers.empty()) {
    throw Error(Status::invalid, "template.not_found", "'" + id + "' is not a template.");
  }
  const auto archive = registry.blob(reference, manifest.layers.front(), stop);
  return {folder, extract_archive(archive, folder, {}, stop)};
}

void require_new(const fs::path& project, const std::vector<std::string>& files) {
  std::string there;
  std::error_code none;
  for (const auto& file : files) {
    const bool taken = fs::symlink_status(project / file, none).type() != fs::file_type::not_found;
    if (taken) there += (there.empty() ? "" : ", ") + file;
  }
  if (there.empty()) return;
  throw Error(
      Status::conflict, "init.exists",
      "These files are in " + project.string() + " already: " + there + ". Nothing was written.",
      "--force replaces them.");
}

/// Where the archive is unpacked: a folder of its own, gone afterwards.
class Scratch {
 public:
  Scratch(const Core& core, const std::string& chosen)
      : staging_(core, "template-" + std::to_string(::getpid())), path_(staging_.path() / "files") {
    if (chosen.empty()) return;
    path_ = fs::path(core.options().working_directory) / chosen /
            ("fairlead-template-" + std::to_string(::getpid()));
    own_ = true;
  }
  ~Scratch() {
    std::error_code none;
    if (own_) fs::remove_all(path_, none);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  StagingFolder staging_;
  fs::path path_;
  bool own_ = false;
};

/// A misspelt option would go unnoticed; the reference does not say so.
void warn_of_undeclared(const Core& core, const std::string& id, const TemplateOptions& given,
                        const std::string& metadata) {
  if (core.mode() == Mode::drop_in) return;
  const Json json = Json::parse(metadata, nullptr, false, true);
  const Json declared = json.is_object() ? json.value("options", Json::object()) : Json::object();
  for (const auto& [name, value] : given) {
    if (declared.is_object() && declared.contains(name)) continue;
    core.log().text(LogLevel::warning, "The template " + id + " has no option '" + name + "'.");
  }
}

}  // namespace

std::vector<std::string> apply_template(Core& core, const ApplyTemplateRequest& request,
                                        std::stop_token stop) {
  TemplateChoices choices{.options = read_options(request.options),
                          .features = read_features(request.features),
                          .omitted = read_omitted(request.omit_paths),
                          .drop_in = core.mode() == Mode::drop_in};
  const Scratch scratch(core, request.temporary_folder);
  auto unpacked = is_folder_name(core, request.id)
                      ? from_folder(core, request.id)
                      : from_registry(core, request.id, scratch.path(), stop);
  const auto metadata = read_file_if_there(unpacked.folder / metadata_file);
  warn_of_undeclared(core, request.id, choices.options, metadata.value_or("{}"));
  choices.options =
      template_options(metadata.value_or("{}"), std::move(choices.options), choices.drop_in);
  std::erase_if(unpacked.files, [&choices](const std::string& file) {
    return !belongs_to_project(file, choices.omitted);
  });
  const fs::path project = fs::path(core.options().working_directory) / request.workspace_folder;
  if (request.keep_existing) require_new(project, unpacked.files);
  put_template(unpacked.folder, unpacked.files, project, choices, core.log());
  for (std::string& file : unpacked.files) file.insert(0, "./");
  return unpacked.files;
}

std::string template_metadata(Core& core, const std::string& id, std::stop_token stop) {
  Registry registry(registry_options(core, core.settings({}, nullptr)), core.log());
  const auto manifest = registry.manifest(parse_oci_reference(id), std::move(stop));
  const std::string* found = find_annotation(manifest.annotations, metadata_annotation);
  if (found == nullptr) {
    core.log().text(LogLevel::warning, "Template resolved to '" + parse_oci_reference(id).name() +
                                           '@' + manifest.digest +
                                           "' but does not contain metadata on its manifest.");
    return {};
  }
  const Json json = Json::parse(*found, nullptr, false);
  if (json.is_object()) return json_text(json);
  throw Error(Status::failed, "registry.manifest", "The metadata of '" + id + "' is not JSON.");
}

}  // namespace fairlead
