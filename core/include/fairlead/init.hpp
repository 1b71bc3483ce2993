#pragma once

#include <fairlead/core.hpp>

#include <map>
#include <stop_token>
#include <string>
#include <vector>

/// Configurations for projects that have none: from templates, a Dockerfile or a Compose file.
/// Every function blocks, may run on any thread, and ends with Error(cancelled) soon after its stop
/// token is requested. VSC-005.
namespace fairlead {

/// A question that a template asks (TMPL-002).
struct TemplateOption {
  std::string name;
  std::string description;
  std::string default_value;         ///< booleans as "true" and "false"
  std::vector<std::string> choices;  ///< its enum, or proposals
  bool only_choices = false;         ///< nothing else is allowed
};

/// A template of a collection, as it is offered.
struct OfferedTemplate {
  std::string id;  ///< what applies it: "registry/namespace/name", or its folder
  std::string name;
  std::string description;
  std::vector<TemplateOption> options;
  std::vector<std::string> optional_paths;  ///< "file", "folder/*": written only if wanted
};

struct OfferedFeature {
  std::string id;  ///< as devcontainer.json names it, with its major version
  std::string name;
  std::string description;
};

/// What a collection offers: "registry/namespace", for templates also a folder on this machine (of
/// templates, of a collection's sources, or one template). Sorted by id. Throws Error
/// "collection.not_found", "collection.syntax", what Registry throws.
std::vector<OfferedTemplate> offered_templates(Core& core, const std::string& collection,
                                               std::stop_token stop);
std::vector<OfferedFeature> offered_features(Core& core, const std::string& collection,
                                             std::stop_token stop);

/// What lies in a project that a configuration can be made from.
struct ProjectFile {
  std::string path;                   ///< relative to the project
  std::vector<std::string> services;  ///< of a Compose file; empty: it is a Dockerfile
};

/// Dockerfiles and Compose files at the usual places: the folder itself, .devcontainer. Throws
/// nothing for what cannot be read: it is not offered.
std::vector<ProjectFile> project_files(const Core& core, const std::string& workspace_folder);

struct InitRequest {
  std::string workspace_folder;
  std::string template_id;  ///< as OfferedTemplate::id; or else
  std::string file;         ///< a Dockerfile or Compose file of the project, relative to it
  std::string service;      ///< of the Compose file
  std::map<std::string, std::string> options;
  std::vector<std::string> features;  ///< ids
  std::vector<std::string> omitted;   ///< "file", "folder/*"
  bool replace = false;               ///< files that are there
};

/// Writes the configuration and returns its files, "./…" each. Throws Error "init.exists"
/// (conflict; names the files that are there already; nothing was written), "init.service" for a
/// Compose file without that service, "init.option" for a value that a template does not allow;
/// what apply_template throws.
std::vector<std::string> init_workspace(Core& core, const InitRequest& request,
                                        std::stop_token stop);

}  // namespace fairlead
