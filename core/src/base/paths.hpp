#pragma once

#include <fairlead/environment.hpp>
#include <fairlead/model.hpp>

#include <filesystem>
#include <vector>

namespace fairlead {

/// fairlead's own folders of one user, after the XDG base directory specification. None need exist.
struct UserFolders {
  std::filesystem::path config;   ///< ~/.config/fairlead
  std::filesystem::path state;    ///< ~/.local/state/fairlead: locks, logs, trust answers
  std::filesystem::path data;     ///< ~/.local/share/fairlead: what the user added
  std::filesystem::path cache;    ///< ~/.cache/fairlead: what can be fetched again
  std::filesystem::path runtime;  ///< $XDG_RUNTIME_DIR/fairlead, else `state`/run
};

/// Pure. Relative XDG values are ignored, as the specification asks. `fallback_home` serves when
/// HOME is unset or relative. Throws paths.home when a folder needs a home and there is none.
UserFolders user_folders(const Environment& environment,
                         const std::filesystem::path& fallback_home = {});

/// `UserFolders::config` alone, or an empty path where user_folders() would throw: settings are
/// optional.
std::filesystem::path user_config_folder(const Environment& environment,
                                         const std::filesystem::path& fallback_home = {});

/// The home folder that the user database names for the effective user; empty when it knows none.
std::filesystem::path home_of_user();

/// What is directly in the folder, in the order of its names; nothing where it cannot be read.
std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder);

/// The running program, or the shared library that this code is in, with links resolved. Throws
/// paths.executable without a mounted /proc.
std::filesystem::path executable_path();

/// Where an installed (or built) fairlead keeps its parts.
struct InstallLayout {
  std::filesystem::path prefix;
  std::filesystem::path data;                  ///< <prefix>/share/fairlead
  std::vector<std::filesystem::path> plugins;  ///< the folders lib*/…/fairlead/plugins that exist
};

/// The layout around `executable`, which lies in <prefix>/bin, <prefix>/libexec/fairlead, or as a
/// library in <prefix>/lib or the architecture's folder in it. Only
/// asks which plugin folders exist; several may (a library folder of this machine's architecture
/// first).
InstallLayout install_layout(const std::filesystem::path& executable);

}  // namespace fairlead
