#pragma once

#include <string>

namespace fairlead {

/// What Selection::workspace_folder may say in logs, files and to other processes: the address of a
/// Git repository without user and password; a folder as it is. Pure; thread-safe. Throws Error
/// "git.address".
std::string without_credentials(const std::string& workspace_folder);

}  // namespace fairlead
