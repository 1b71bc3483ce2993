#pragma once

#include "engine/hooks.hpp"

namespace fairlead {

/// The name by which git knows the repository: `owner/name` is one on GitHub, everything with a
/// colon or that begins like a path is taken as it is. Pure. LIFE-021.
std::string dotfiles_repository(const std::string& repository);

/// Clones and installs the dotfiles unless that has been done in this container. A failure is told
/// and fails nothing; by our own name the next `up` tries again. LIFE-020, 021.
void install_dotfiles(Core& core, const Session& session, const Dotfiles& dotfiles,
                      std::stop_token stop);

}  // namespace fairlead
