#pragma once

#include <fairlead/model.hpp>

#include <cstddef>
#include <stop_token>
#include <string>

namespace fairlead {

/// The folder of a feature within the content and within the image: `<name>_<position>`.
std::string staged_name(const PlannedFeature& feature, std::size_t position);

/// Writes what a build needs of the features into `folder` (created): a copy of each one with its
/// environment and install script, and the file with the users. Permissions are evened out and
/// links to files become files, so that equal features give equal content wherever they came from.
/// Returns a digest over names, permissions and bytes, lower-case hex.
/// Throws Error "features.staging" when a file cannot be read or written, Status::cancelled.
std::string stage_content(const FeaturesInstallRequest& request, const std::string& folder,
                          std::stop_token stop);

/// A digest over names, permissions and bytes of all in `folder`, lower-case hex.
/// Throws std::filesystem::filesystem_error.
std::string digest_of_folder(const std::string& folder);

}  // namespace fairlead
