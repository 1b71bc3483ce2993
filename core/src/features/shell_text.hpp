#pragma once

#include "features/metadata.hpp"

#include <fairlead/model.hpp>

#include <string>
#include <string_view>

/// The files that `/bin/sh` reads while a feature is installed. Pure.
namespace fairlead {

/// `text` as one word of a shell command, taken literally whatever is in it.
std::string shell_quoted(std::string_view text);

/// devcontainer-features.env: the option values, sourced before install.sh. Everything arrives
/// literally (FEAT-015); the reference CLI lets the shell expand `$` and backticks.
std::string options_file(const PlannedFeature& feature);

/// devcontainer-features.builtin.env, to which the build adds the two home folders (FEAT-019).
std::string users_file(const std::string& container_user, const std::string& remote_user);

/// devcontainer-features-install.sh: shows what is installed, gives install.sh its variables and
/// names the feature when it fails (FEAT-017, FEAT-021).
std::string install_script(const PlannedFeature& feature, const FeatureMetadata& metadata);

}  // namespace fairlead
