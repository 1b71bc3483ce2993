#include "completion_script.hpp"

namespace fairlead::cli {

std::string completion_script(std::string_view shell) {
  if (shell == "bash") return bash_completion();
  if (shell == "zsh") return zsh_completion();
  return shell == "fish" ? fish_completion() : std::string();
}

}  // namespace fairlead::cli
