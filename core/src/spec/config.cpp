#include "base/atomic_file.hpp"
#include "base/json_text.hpp"
#include "base/jsonc.hpp"
#include "spec/compose_layers.hpp"
#include "spec/config_values.hpp"
#include "spec/json_access.hpp"
#include "spec/layered_source.hpp"
#include "spec/legacy.hpp"
#include "spec/load_layers.hpp"
#include "spec/locate.hpp"
#include "spec/posix_path.hpp"
#include "spec/substitute.hpp"
#include "spec/workspace.hpp"

#include <fairlead/config.hpp>

#include <algorithm>
#include <utility>

namespace fairlead {
namespace {

JsonPtr share(Json value) { return std::make_shared<const Json>(std::move(value)); }

/// The configuration's text; an empty file counts as none, as in the reference.
std::string read_content(const ConfigLocation& location, Mode mode) {
  std::optional<std::string> text;
  try {
    text = read_file_if_there(location.content_file);
  } catch (Error& error) {
    throw Error(error.status(), "config.read", error.message(), error.hint())
        .note("reading the configuration");
  }
  if (!text || (text->empty() && mode == Mode::drop_in)) throw config_not_found(location);
  return std::move(*text);
}

Json read_object(const std::string& text, const ConfigLocation& location,
                 const JsoncOptions& options) {
  std::optional<Json> json = read_jsonc(text, options);
  if (json && json->is_object()) return std::move(*json);
  SourceLocation where;
  where.file = location.content_file;
  throw Error(
      Status::invalid, "config.not_an_object",
      "Dev container config (" + location.config_file + ") must contain a JSON object literal.",
      "the smallest one is {\"image\": \"debian:12\"}")
      .at(std::move(where));
}

/// What clients find the file by: a URI as their editor's library writes it.
Json config_file_path(const std::string& path, const std::string& scheme) {
  Json uri = Json::object();
  uri["$mid"] = 1;
  uri["fsPath"] = path;
  uri["path"] = path;
  uri["scheme"] = scheme;
  return uri;
}

/// What can be said before old properties are moved to where they stand now.
std::vector<Diagnostic> advice_on(const Json& config, const SourceMap& source) {
  Faults faults(true);
  const Values values(config, {}, faults, Mode::fairlead, true);
  judge_names(values);
  judge_legacy(values);
  judge_variables(config, {}, faults);
  // Wrong types are errors where the property is used; nothing uses these.
  auto advice = faults.diagnostics(&source);
  for (auto& one : advice) {
    if (one.severity == Severity::error) one.severity = Severity::warning;
  }
  return advice;
}

void add_advice(ConfigDocument& document, const Json& config, const SourceMap& source) {
  for (auto& one : advice_on(config, source)) document.advice.push_back(std::move(one));
}

/// The files that take part, and what they are together.
void compose(ConfigDocument& document, ConfigLayer own, Mode mode, const FetchBase& fetch) {
  document.raw = own.raw;
  document.source = own.source;
  if (mode == Mode::drop_in) return;
  auto layers = load_layers(
      std::move(own), document.config_file,
      [&](const Json& config, const SourceMap& source) { add_advice(document, config, source); },
      fetch);
  if (layers.size() == 1) return;
  std::vector<Json> values;
  for (const auto& layer : layers) values.push_back(*layer.raw);
  document.raw = share(compose_layers(std::move(values)));
  document.source = std::make_shared<const LayeredSource>(std::move(layers), document.raw);
}

Json substitute_or_fail(const Variables& variables, const Json& value, const SourceMap& source) {
  try {
    return substitute_located(variables, value);
  } catch (const VariableFault& fault) {
    throw Error(Status::invalid, "config.variable", fault.message, fault.hint)
        .at(source.locate({fault.pointer}).front());
  }
}

/// The container folder may hold variables itself and is what others refer to (VAR-010), so it is
/// substituted first, with its own text as the value of itself.
Variables local_variables(const ReadOptions& options, const WorkspacePaths& paths,
                          const std::string& config_file, const SourceMap& source) {
  Variables out;
  out.mode = options.mode;
  out.local_environment = std::make_shared<const Environment>(options.environment);
  out.local_workspace_folder = paths.local_folder;
  out.container_workspace_folder = paths.container_folder;
  out.config_file = config_file;
  Json folder = Json::object();
  folder["workspaceFolder"] = paths.container_folder;
  folder = substitute_or_fail(out, folder, source);
  out.container_workspace_folder = folder["workspaceFolder"].get<std::string>();
  return out;
}

/// What the substituted configuration says wins over the defaults, which are paths as they are: a
/// folder may have the name of a variable.
void settle_workspace(WorkspacePaths& paths, const Json& config) {
  const Json* mount = member(config, "workspaceMount");
  if (mount != nullptr && mount->is_string() && paths.mount)
    paths.mount = mount->get<std::string>();
  const Json* folder = member(config, "workspaceFolder");
  if (folder != nullptr && folder->is_string()) paths.container_folder = folder->get<std::string>();
}

JsonPtr without_places(Json config) {
  config.erase("workspaceFolder");
  config.erase("workspaceMount");
  return share(std::move(config));
}

ConfigDocument substitute_stage(ConfigDocument document, const Variables& stage) {
  document.json = share(substitute_or_fail(stage, *document.json, *document.source));
  settle_workspace(document.workspace, *document.json);
  document.variables.container_workspace_folder =
      substitute_text(stage, document.variables.container_workspace_folder);
  return document;
}

}  // namespace

std::string ConfigDocument::config_folder() const { return posix_path::dirname(config_file); }

ConfigDocument read_config(const ReadOptions& options) { return read_config(options, {}); }

ConfigDocument read_config(const ReadOptions& options, const FetchBase& fetch) {
  const ConfigLocation location = locate_config(options);
  const JsoncOptions jsonc{location.content_file, options.mode == Mode::drop_in};
  std::string text = read_content(location, options.mode);
  Json config = read_object(text, location, jsonc);

  ConfigDocument out;
  out.config_file = location.config_file;
  out.content_file = location.content_file;
  out.config_uri_scheme = location.explicit_file ? "file" : "vscode-fileHost";
  for (const auto& [warning, where] : location.workspace_file.warnings) {
    out.advice.push_back({Severity::warning, "config.root", warning, {}, where});
  }
  auto source = std::make_shared<const SourceMap>(std::move(text), jsonc);
  if (options.mode == Mode::fairlead) add_advice(out, config, *source);
  move_legacy_properties(config);
  const bool over = location.content_file != location.config_file;
  compose(out,
          {over ? ConfigLayer::Kind::override_config : ConfigLayer::Kind::own,
           location.content_file, share(std::move(config)), std::move(source)},
          options.mode, fetch);
  if (options.own_place) out.raw = without_places(*out.raw);
  const WorkspaceOptions workspace{location.workspace_folder,
                                   options.mount_workspace_git_root,
                                   options.mount_git_worktree_common_dir,
                                   options.mount_consistency,
                                   options.mode,
                                   options.own_place};
  out.workspace = workspace_paths(*out.raw, workspace, local_workspace_host(options.mode));
  out.variables = local_variables(options, out.workspace, out.config_file, *out.source);
  Json substituted = substitute_or_fail(out.variables, *out.raw, *out.source);
  settle_workspace(out.workspace, substituted);
  set_member(substituted, "configFilePath",
             config_file_path(out.config_file, out.config_uri_scheme));
  out.json = share(std::move(substituted));
  return out;
}

ConfigDocument substitute_devcontainer_id(ConfigDocument document, const std::string& id) {
  const Variables stage = id_variables(document.variables, id);
  ConfigDocument out = substitute_stage(std::move(document), stage);
  out.variables.devcontainer_id = id;
  return out;
}

ConfigDocument substitute_container_env(ConfigDocument document, const Environment& environment) {
  const Variables stage = container_variables(document.variables, environment);
  ConfigDocument out = substitute_stage(std::move(document), stage);
  out.variables.container_environment = stage.container_environment;
  return out;
}

void require_standard_file_name(const std::string& config_file) {
  const std::string name = posix_path::basename(config_file);
  if (name == "devcontainer.json" || name == ".devcontainer.json") return;
  throw Error(Status::invalid, "config.file_name",
              "Filename must be devcontainer.json or .devcontainer.json (" + config_file + ").");
}

void require_source(const ConfigDocument& document, const Config& config) {
  if (config.scenario != Scenario::none) return;
  throw Error(
      Status::invalid, "config.no_source",
      "Dev container config (" + document.config_uri_scheme + ":" + document.config_file +
          ") is missing one of \"image\", \"dockerFile\" or \"dockerComposeFile\" properties.",
      "add \"image\", or \"build\": {\"dockerfile\": \"Dockerfile\"}");
}

std::string configuration_json(const ConfigDocument& document) { return json_text(*document.json); }

namespace {

Json workspace_object(const WorkspacePaths& workspace) {
  Json out = Json::object();
  // With a workspace something is always known, if only that the folder was said to be nothing.
  if (!workspace.container_folder.empty() || workspace.mount || !workspace.local_folder.empty()) {
    out["workspaceFolder"] = workspace.container_folder;
  }
  if (workspace.mount) out["workspaceMount"] = *workspace.mount;
  if (workspace.additional_mount) out["additionalMountString"] = *workspace.additional_mount;
  return out;
}

}  // namespace

std::string workspace_json(const WorkspacePaths& workspace) {
  return json_text(workspace_object(workspace));
}

std::string workspace_json(const ConfigDocument& document) {
  Json out = workspace_object(document.workspace);
  const Json* mount = member(*document.json, "workspaceMount");
  if (mount != nullptr && !mount->is_string() && document.workspace.mount) {
    out["workspaceMount"] = *mount;
  }
  return json_text(out);
}

}  // namespace fairlead
