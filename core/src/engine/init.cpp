#include "base/atomic_file.hpp"
#include "base/json_text.hpp"
#include "engine/registry_access.hpp"
#include "engine/staging.hpp"
#include "features/offered.hpp"

#include <fairlead/init.hpp>
#include <fairlead/templates.hpp>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace fairlead {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* template_file = "devcontainer-template.json";
constexpr std::array<std::string_view, 4> compose_names = {
    "compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"};
constexpr std::array<std::string_view, 2> folders = {"", ".devcontainer"};

bool is_folder_name(const std::string& name) {
  return name.starts_with('.') || name.starts_with('/') || name.starts_with('~');
}

fs::path absolute(const Core& core, const std::string& path) {
  return (fs::path(core.options().working_directory) / path).lexically_normal();
}

Error not_found(const std::string& collection, const std::string& hint) {
  return Error(Status::not_found, "collection.not_found",
               "There is no collection at '" + collection + "'.", hint);
}

/// devcontainer-collection.json of "registry/namespace".
std::string published_collection(Core& core, const std::string& space,
                                 const std::stop_token& stop) {
  Registry registry(registry_options(core, core.settings({}, nullptr)), core.log());
  const auto reference = parse_oci_reference(space);
  const auto manifest = registry.find_manifest(reference, stop);
  if (!manifest || manifest->layers.empty()) {
    throw not_found(space, "A collection is named registry/namespace, or ./folder.");
  }
  return read_file(registry.blob(reference, manifest->layers.front(), stop));
}

std::vector<OfferedTemplate> templates_in_folder(const fs::path& folder) {
  std::error_code none;
  const auto offered = [](const fs::path& one) {
    return offered_template(read_file(one / template_file), one.string());
  };
  if (fs::exists(folder / template_file, none)) return {offered(folder)};
  std::vector<OfferedTemplate> all;
  const auto source = fs::is_directory(folder / "src", none) ? folder / "src" : folder;
  for (const auto& entry : fs::directory_iterator(source, none)) {
    if (fs::exists(entry.path() / template_file, none)) all.push_back(offered(entry.path()));
  }
  if (all.empty()) {
    throw not_found(folder.string(), "No folder in it has a " + std::string(template_file) + ".");
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return all;
}

bool is_dockerfile(const std::string& name) {
  return name == "Dockerfile" || name == "Containerfile" || name.ends_with(".Dockerfile") ||
         name.starts_with("Dockerfile.");
}

Json options_json(const std::map<std::string, std::string>& options) {
  Json json = Json::object();
  for (const auto& [name, value] : options) json[name] = value;
  return json;
}

Json features_json(const std::vector<std::string>& ids) {
  Json json = Json::array();
  for (const auto& id : ids) json.push_back({{"id", id}});
  return json;
}

/// A template that holds nothing but a devcontainer.json for `request.file`.
fs::path made_template(const InitRequest& request, const fs::path& project,
                       const fs::path& folder) {
  const auto text = read_file_if_there(project / request.file);
  if (!text) {
    throw Error(Status::not_found, "file.missing",
                "There is no file " + (project / request.file).string() + '.');
  }
  const bool compose = request.file.ends_with(".yml") || request.file.ends_with(".yaml");
  const auto services = compose ? compose_services(*text) : std::vector<std::string>();
  auto service = request.service;
  if (compose && service.empty() && services.size() == 1) service = services.front();
  if (compose && std::find(services.begin(), services.end(), service) == services.end()) {
    std::string known;
    for (const auto& name : services) known += (known.empty() ? "" : ", ") + name;
    throw Error(Status::invalid, "init.service",
                service.empty() ? request.file + " has several services; one has to be chosen."
                                : request.file + " has no service '" + service + "'.",
                known.empty() ? "No service was found in it." : "Its services are: " + known + '.');
  }
  write_file(folder / ".devcontainer/devcontainer.json",
             config_for(project.filename().string(), request.file, service));
  write_file(folder / template_file, "{}");
  return folder;
}

void check_options(Core& core, const InitRequest& request, const std::stop_token& stop) {
  if (request.options.empty()) return;
  const auto metadata = is_folder_name(request.template_id)
                            ? read_file(absolute(core, request.template_id) / template_file)
                            : template_metadata(core, request.template_id, stop);
  if (metadata.empty()) return;
  const auto offered = offered_template(metadata, request.template_id);
  for (const auto& [name, value] : request.options) {
    const auto option = std::find_if(offered.options.begin(), offered.options.end(),
                                     [&name = name](const auto& one) { return one.name == name; });
    if (option == offered.options.end()) {
      throw Error(Status::invalid, "init.option",
                  request.template_id + " has no option '" + name + "'.");
    }
    const auto& choices = option->choices;
    if (!option->only_choices || choices.empty()) continue;
    if (std::find(choices.begin(), choices.end(), value) != choices.end()) continue;
    std::string known;
    for (const auto& choice : choices) known += (known.empty() ? "" : ", ") + choice;
    throw Error(Status::invalid, "init.option",
                "The option '" + name + "' cannot be '" + value + "'.",
                "It may be: " + known + '.');
  }
}

}  // namespace

std::vector<OfferedTemplate> offered_templates(Core& core, const std::string& collection,
                                               std::stop_token stop) {
  if (is_folder_name(collection)) return templates_in_folder(absolute(core, collection));
  return templates_in(published_collection(core, collection, stop), collection);
}

std::vector<OfferedFeature> offered_features(Core& core, const std::string& collection,
                                             std::stop_token stop) {
  return features_in(published_collection(core, collection, stop), collection);
}

std::vector<ProjectFile> project_files(const Core& core, const std::string& workspace_folder) {
  const auto project = absolute(core, workspace_folder);
  std::vector<ProjectFile> found;
  std::error_code none;
  for (const auto folder : folders) {
    for (const auto& entry : fs::directory_iterator(project / folder, none)) {
      const auto name = entry.path().filename().string();
      const auto path = (fs::path(folder) / name).string();
      if (!entry.is_regular_file(none)) continue;
      if (is_dockerfile(name)) found.push_back({.path = path, .services = {}});
      if (std::find(compose_names.begin(), compose_names.end(), name) == compose_names.end()) {
        continue;
      }
      try {
        auto services = compose_services(read_file(entry.path()));
        if (!services.empty()) found.push_back({.path = path, .services = std::move(services)});
      } catch (const Error&) {
        continue;
      }
    }
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return found;
}

std::vector<std::string> init_workspace(Core& core, const InitRequest& request,
                                        std::stop_token stop) {
  const auto project = absolute(core, request.workspace_folder);
  const StagingFolder staging(core, "init-" + std::to_string(::getpid()));
  ApplyTemplateRequest apply{.workspace_folder = project.string(),
                             .id = request.template_id,
                             .options = json_text(options_json(request.options)),
                             .features = json_text(features_json(request.features)),
                             .omit_paths = json_text(Json(request.omitted))};
  apply.keep_existing = !request.replace;
  if (request.file.empty()) {
    check_options(core, request, stop);
  } else {
    apply.id = made_template(request, project, staging.path()).string();
  }
  return apply_template(core, apply, std::move(stop));
}

}  // namespace fairlead
