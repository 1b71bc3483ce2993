#pragma once

#include <fairlead/engine.hpp>

namespace fairlead {

/// `selection` with the folder that its repository was cloned to, of this machine or of the host
/// that the settings name; unchanged when its workspace is a folder. Throws Error(not_found,
/// "git.not_cloned").
Selection with_clone(Core& core, Selection selection, const std::stop_token& stop);

/// What the workspace `folder` is a clone of, "URL@REF"; empty: of nothing that we cloned.
std::string clone_source(const Core& core, const std::string& folder);

/// A clone of the repository that the local `folder` is, with its submodules and without what is
/// not committed, as the new folder `into`. Throws "git.missing", "git.clone".
void clone_committed(const Core& core, const std::string& folder, const std::string& into,
                     const std::stop_token& stop);

}  // namespace fairlead
