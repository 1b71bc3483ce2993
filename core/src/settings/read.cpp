#include "base/atomic_file.hpp"
#include "base/paths.hpp"
#include "settings/layer.hpp"
#include "settings/load.hpp"
#include "settings/value_json.hpp"

#include <fairlead/settings.hpp>

#include <sys/stat.h>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_file = std::size_t{1} << 20U;

bool writable_by_everybody(const fs::path& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && (info.st_mode & S_IWOTH) != 0;
}

/// Adds the file's layer when the file exists.
void add_file(SettingsLayers::State& state, SettingsLayer kind, const fs::path& path) {
  if (path.empty()) return;
  auto content = read_file_if_there(path, longest_file);
  if (!content) return;
  Layer layer;
  layer.layer = kind;
  layer.entries = load_toml(*content, path.string());
  layer.content = std::move(*content);
  layer.as_project = kind == SettingsLayer::project;
  // Whoever may write this file would otherwise name folders to load plugins from.
  if (!layer.as_project && writable_by_everybody(path)) {
    layer.as_project = true;
    state.warnings.push_back(
        {"settings.writable",
         "everybody may write this file, so it may set only what a project may",
         "run: chmod o-w " + path.string(),
         {path.string(), 0, 0, {}}});
  }
  state.files.push_back(std::move(layer));
}

void add_customizations(SettingsLayers::State& state, const SettingsSources& sources) {
  if (sources.customizations.empty()) return;
  Layer layer;
  layer.layer = SettingsLayer::project;
  layer.as_project = true;
  for (const auto& setting : sources.customizations) {
    layer.entries.push_back({setting.key, value_of_json(setting.value), setting.where});
  }
  state.files.push_back(std::move(layer));
}

LayerEntry assignment(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error(Status::invalid, "settings.assignment", "--set " + text + ": 'key=value' expected",
                "for example --set backend=docker");
  }
  std::string key = text.substr(0, equals);
  SourceLocation where{"--set " + key, 0, 0, {}};
  return {std::move(key), UntypedText{text.substr(equals + 1)}, std::move(where)};
}

void add_command_line(SettingsLayers::State& state, const SettingsSources& sources) {
  auto& entries = state.command_line.entries;
  state.command_line.layer = SettingsLayer::command_line;
  for (const auto& text : sources.assignments) entries.push_back(assignment(text));
  if (sources.backend) {
    entries.push_back({"backend", UntypedText{*sources.backend}, {"--backend", 0, 0, {}}});
  }
  if (sources.host) {
    entries.push_back({"host", UntypedText{*sources.host}, {"--host", 0, 0, {}}});
  }
}

void add_variables(SettingsLayers::State& state, const Environment& environment) {
  static constexpr std::string_view prefix = "FAIRLEAD_";
  for (auto at = environment.lower_bound(std::string(prefix)); at != environment.end(); ++at) {
    if (at->first.compare(0, prefix.size(), prefix) != 0) break;
    if (!at->second.empty()) state.variables.insert(*at);
  }
}

}  // namespace

SettingsSources standard_settings_sources(const Environment& environment,
                                          const fs::path& workspace) {
  SettingsSources sources;
  sources.defaults = install_layout(executable_path()).data / "fairlead.toml";
  sources.system = "/etc/fairlead/config.toml";
  const bool has_home = environment.find("HOME") != environment.end();
  const fs::path folder = user_config_folder(environment, has_home ? fs::path{} : home_of_user());
  if (!folder.empty()) sources.user = folder / "config.toml";
  if (!workspace.empty()) sources.project = workspace / ".devcontainer" / "fairlead.toml";
  sources.environment = environment;
  return sources;
}

SettingsLayers read_settings(const SettingsSources& sources) {
  auto state = std::make_shared<SettingsLayers::State>();
  state->user_file = sources.user.string();
  state->allowed_hosts = sources.allowed_hosts;
  add_file(*state, SettingsLayer::defaults, sources.defaults);
  add_file(*state, SettingsLayer::system, sources.system);
  add_file(*state, SettingsLayer::user, sources.user);
  add_file(*state, SettingsLayer::project, sources.project);
  add_customizations(*state, sources);
  add_variables(*state, sources.environment);
  add_command_line(*state, sources);
  return SettingsLayers(std::move(state));
}

}  // namespace fairlead
