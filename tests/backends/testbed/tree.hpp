#pragma once

#include <filesystem>

namespace fairlead::testbed {

/// Copies a root file system with owners and modes, which std::filesystem::copy does not keep.
/// Throws std::filesystem::filesystem_error.
void copy_tree(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace fairlead::testbed
