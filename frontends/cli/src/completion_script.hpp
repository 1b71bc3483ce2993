#pragma once

#include <string>
#include <string_view>

namespace fairlead::cli {

/// The completion script for "bash", "zsh" or "fish", made from the tables: commands, flags,
/// choices, files and folders, for both names of the program. "" for another shell.
std::string completion_script(std::string_view shell);

// One per shell; see completion_script().
std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace fairlead::cli
