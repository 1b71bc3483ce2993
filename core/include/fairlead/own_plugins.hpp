#pragma once

#include <fairlead/core.hpp>

#include <string>

/// The user's own plugins: those that stand neither with the installation nor in a folder of the
/// setting `plugin_path`, but in a folder of the user's that is searched between the two.
namespace fairlead {

/// ~/.local/share/fairlead/plugins, existing or not.
std::string own_plugin_folder(const Core& core);

/// Reads the manifest of the plugin at `path` (relative to the caller's folder): a library, its
/// manifest, or a folder with one manifest in it. None of its code runs. Throws "plugin.manifest",
/// "file.missing", "plugin.library" when the library is not there.
PluginManifest read_plugin(const Core& core, const std::string& path);

/// Loads the plugin in a child process, then copies library and manifest into the user's own
/// folder; one of the same id there is replaced. Throws "plugin.load" with what is wrong with it,
/// and then nothing was copied.
void add_plugin(Core& core, const PluginManifest& plugin);

/// Removes the user's own plugin with this id or backend name and returns its manifest. Throws
/// "plugin.unknown", "plugin.not_own" for one that stands elsewhere.
PluginManifest remove_plugin(Core& core, const std::string& name);

/// Disables the plugin with this id or backend name, wherever it stands, or enables it again;
/// enabling loads it in a child process first. Returns its manifest. Throws "plugin.unknown",
/// "plugin.load" with what is wrong with it, or with the list of another folder that disables it.
PluginManifest disable_plugin(Core& core, const std::string& name);
PluginManifest enable_plugin(Core& core, const std::string& name);
/// The manifest of the plugin with this id or backend name. Throws "plugin.unknown".
PluginManifest find_plugin(Core& core, const std::string& name);

/// Writes the skeleton of a plugin called `name` into `folder` (relative to the caller's folder; it
/// must be empty or not exist) and returns the folder. Throws "plugin.name" for a name that is no C
/// identifier in lower case, "plugin.folder", "plugin.template" when the SDK is not installed.
std::string make_plugin(const Core& core, const std::string& name, const std::string& folder);

}  // namespace fairlead
