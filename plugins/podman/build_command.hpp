#pragma once

#include <fairlead/model.hpp>

#include <string>
#include <vector>

/// Command lines for builds that Podman's service cannot do. Pure functions.
namespace fairlead::podman {

/// Named contexts, several platforms, pushing, an output, a cache elsewhere, words of the user's
/// own: only the command knows them.
bool needs_command(const BuildImageRequest& request);

/// `PODMAN… build … CONTEXT`; several platforms make a manifest list.
std::vector<std::string> build_command(std::vector<std::string> podman,
                                       const BuildImageRequest& request);

/// `PODMAN… push NAME` for each name, or of the manifest list.
std::vector<std::vector<std::string>> push_commands(const std::vector<std::string>& podman,
                                                    const BuildImageRequest& request);

}  // namespace fairlead::podman
