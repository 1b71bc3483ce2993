#include "base/atomic_file.hpp"
#include "base/paths.hpp"
#include "engine/plugin_folders.hpp"
#include "plugins/disabled.hpp"
#include "plugins/manifest.hpp"

#include <fairlead/own_plugins.hpp>

#include <algorithm>
#include <filesystem>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view manifest_end = ".plugin.toml";
constexpr std::size_t library_limit = std::size_t{1} << 30;

bool is_manifest(const fs::path& path) { return path.string().ends_with(manifest_end); }

fs::path only_manifest_in(const fs::path& folder) {
  fs::path found;
  int count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (is_manifest(entry.path())) found = entry.path(), ++count;
  }
  if (count == 1) return found;
  throw Error(Status::invalid, "plugin.manifest",
              folder.string() + " holds " + std::to_string(count) + " manifests (*.plugin.toml).",
              "Name the plugin's library or its manifest.");
}

fs::path manifest_at(const fs::path& path) {
  if (fs::is_directory(path)) return only_manifest_in(path);
  if (is_manifest(path) || path.extension() != ".so") return path;
  auto manifest = path;
  return manifest.replace_extension("").string() + std::string(manifest_end);
}

/// What the registry would say of it, and what only loading it in a child process brings to light.
std::string refusal_of(const Core& core, const PluginManifest& plugin) {
  const PluginRegistry registry({.folders = {fs::path(plugin.manifest_path).parent_path().string()},
                                 .state_folder = core.state_folder() + "/plugins"},
                                core.log());
  for (const auto& entry : registry.entries()) {
    if (entry.manifest.id != plugin.id) continue;
    const auto off = disabled_in(fs::path(plugin.manifest_path).parent_path().string());
    const bool usable = entry.refusal.empty() || std::ranges::find(off, plugin.id) != off.end();
    return usable ? registry.check(entry.manifest) : entry.refusal;
  }
  return "its manifest is not found again";
}

void copy_into(const fs::path& folder, const fs::path& file, mode_t mode) {
  write_file(folder / file.filename(), read_file(file, library_limit), mode);
}

fs::path name_of(const std::string& path) { return fs::path(path).filename(); }

std::vector<PluginManifest> own_plugins(Core& core, const fs::path& folder) {
  std::vector<PluginManifest> own;
  for (const auto& entry : core.plugins(core.settings({}, nullptr)).entries()) {
    const bool there = fs::path(entry.manifest.manifest_path).parent_path() == folder;
    if (there && !entry.manifest.library_path.empty()) own.push_back(entry.manifest);
  }
  return own;
}

/// Files of another plugin are not overwritten.
void require_free_names(const std::vector<PluginManifest>& own, const PluginManifest& plugin) {
  for (const auto& other : own) {
    const bool same_file = name_of(other.manifest_path) == name_of(plugin.manifest_path) ||
                           name_of(other.library_path) == name_of(plugin.library_path);
    if (other.id == plugin.id || !same_file) continue;
    throw Error(Status::conflict, "plugin.folder",
                other.id + " has files of the same name: " + other.manifest_path + '.',
                "Remove it first, or name the files otherwise. Nothing was installed.");
  }
}

/// What an older version of `plugin` was called otherwise.
void remove_files_but(const PluginManifest& old, const PluginManifest& plugin) {
  if (name_of(old.manifest_path) != name_of(plugin.manifest_path)) fs::remove(old.manifest_path);
  if (name_of(old.library_path) != name_of(plugin.library_path)) fs::remove(old.library_path);
}

bool is_named(const PluginManifest& plugin, const std::string& name) {
  return plugin.id == name || std::ranges::find(plugin.backends, name) != plugin.backends.end();
}

void require_name(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  const bool good = !name.empty() && name.size() <= 40 && name.front() >= 'a' &&
                    name.front() <= 'z' && std::ranges::all_of(name, fits);
  if (good) return;
  throw Error(Status::invalid, "plugin.name", "'" + name + "' cannot be the name of a plugin.",
              "Small letters, digits and _, beginning with a letter.");
}

/// The template's plugin is called hello: as a word, and as a class.
std::string renamed(std::string text, const std::string& name) {
  auto type = name;
  type.front() = static_cast<char>(type.front() - 'a' + 'A');
  const auto replace_all = [&](std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
  };
  replace_all("hello", name);
  replace_all("Hello", type);
  return text;
}

void write_disabled(const fs::path& folder, const std::vector<std::string>& ids) {
  make_folders(folder);
  std::string text;
  for (const auto& id : ids) text += id + '\n';
  write_file(folder / disabled_list, text, 0644);
}

/// From the user's own list.
void erase_disabled(const Core& core, const std::string& id) {
  const auto folder = own_plugin_folder(core);
  auto ids = disabled_in(folder);
  if (std::erase(ids, id) > 0) write_disabled(folder, ids);
}

void require_enabled(Core& core, const std::string& id) {
  for (const auto& folder : plugin_folders(core, core.settings({}, nullptr))) {
    const auto off = disabled_in(folder);
    if (std::ranges::find(off, id) == off.end()) continue;
    throw Error(
        Status::failed, "plugin.load",
        id + " stays disabled: " + (fs::path(folder) / disabled_list).string() + " lists it, too.",
        "Remove its line there.");
  }
}

}  // namespace

std::vector<std::string> plugin_folders(const Core& core, const Settings& settings) {
  auto folders = core.options().plugin_path;
  const auto& configured = settings.list("plugin_path");
  folders.insert(folders.end(), configured.begin(), configured.end());
  folders.push_back(own_plugin_folder(core));
  for (const auto& folder : install_layout(executable_path()).plugins) {
    folders.push_back(folder.string());
  }
  return folders;
}

PluginManifest find_plugin(Core& core, const std::string& name) {
  for (const auto& entry : core.plugins(core.settings({}, nullptr)).entries()) {
    if (!entry.manifest.library_path.empty() && is_named(entry.manifest, name)) {
      return entry.manifest;
    }
  }
  throw Error(Status::not_found, "plugin.unknown", "There is no plugin '" + name + "'.");
}

PluginManifest disable_plugin(Core& core, const std::string& name) {
  auto plugin = find_plugin(core, name);
  const auto folder = own_plugin_folder(core);
  auto ids = disabled_in(folder);
  if (std::ranges::find(ids, plugin.id) != ids.end()) return plugin;
  ids.push_back(plugin.id);
  write_disabled(folder, ids);
  return plugin;
}

PluginManifest enable_plugin(Core& core, const std::string& name) {
  auto plugin = find_plugin(core, name);
  if (const auto why = refusal_of(core, plugin); !why.empty()) {
    throw Error(Status::failed, "plugin.load", plugin.id + " cannot be used: " + why,
                "It stays as it is.");
  }
  erase_disabled(core, plugin.id);
  require_enabled(core, plugin.id);
  return plugin;
}

std::string own_plugin_folder(const Core& core) {
  return (user_folders(core.options().environment, home_of_user()).data / "plugins").string();
}

PluginManifest read_plugin(const Core& core, const std::string& path) {
  const auto absolute = fs::path(core.options().working_directory) / path;
  auto plugin = read_manifest(manifest_at(absolute).lexically_normal().string());
  if (fs::is_regular_file(plugin.library_path)) return plugin;
  throw Error(Status::not_found, "plugin.library",
              "The library of " + plugin.id + " is not there: " + plugin.library_path + '.',
              "Build it, or name the folder where both are.");
}

void add_plugin(Core& core, const PluginManifest& plugin) {
  if (const auto why = refusal_of(core, plugin); !why.empty()) {
    throw Error(Status::failed, "plugin.load", plugin.id + " cannot be used: " + why,
                "Nothing was installed.");
  }
  const fs::path folder = own_plugin_folder(core);
  const auto before = own_plugins(core, folder);
  require_free_names(before, plugin);
  make_folders(folder);
  // The manifest comes last: without it there is no plugin.
  copy_into(folder, plugin.library_path, 0755);
  copy_into(folder, plugin.manifest_path, 0644);
  for (const auto& old : before) {
    if (old.id == plugin.id) remove_files_but(old, plugin);
  }
}

PluginManifest remove_plugin(Core& core, const std::string& name) {
  const auto own = fs::path(own_plugin_folder(core));
  for (const auto& entry : core.plugins(core.settings({}, nullptr)).entries()) {
    const auto& plugin = entry.manifest;
    if (!is_named(plugin, name)) continue;
    if (fs::path(plugin.manifest_path).parent_path() != own) {
      throw Error(Status::invalid, "plugin.not_own",
                  plugin.id + " is not one that you added: " + plugin.manifest_path + '.',
                  "What came with a package goes with it.");
    }
    fs::remove(plugin.manifest_path);
    fs::remove(plugin.library_path);
    erase_disabled(core, plugin.id);
    return plugin;
  }
  throw Error(Status::not_found, "plugin.unknown", "There is no plugin '" + name + "'.",
              "`fairlead plugin list` shows those that there are.");
}

std::string make_plugin(const Core& core, const std::string& name, const std::string& folder) {
  require_name(name);
  const auto target =
      (fs::path(core.options().working_directory) / (folder.empty() ? name : folder))
          .lexically_normal();
  std::error_code none;
  if (fs::exists(target) && !fs::is_empty(target, none)) {
    throw Error(Status::conflict, "plugin.folder", target.string() + " is not empty.",
                "Name another folder; nothing was written.");
  }
  const auto source = install_layout(executable_path()).data / "plugin-template";
  if (!fs::is_directory(source)) {
    throw Error(Status::not_found, "plugin.template",
                "The skeleton of a plugin is not installed: " + source.string() + '.',
                "It comes with the package fairlead-sdk, and so does what plugins are built with.");
  }
  for (const auto& entry : fs::directory_iterator(source)) {
    const auto file = renamed(entry.path().filename().string(), name);
    write_file(target / file, renamed(read_file(entry.path()), name));
  }
  return target.string();
}

}  // namespace fairlead
