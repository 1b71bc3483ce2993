#pragma once

#include <string>
#include <string_view>

namespace fairlead::compose {

/// What a project's name follows from, in the order in which it counts.
struct NameSources {
  std::string variable;           ///< COMPOSE_PROJECT_NAME of the caller
  std::string env_file;           ///< the same of the workspace's .env
  std::string configured;         ///< `name` of the evaluated configuration
  bool name_is_in_a_file = true;  ///< a file says `name`: v2 invents one otherwise
  std::string first_file;         ///< absolute; empty: the workspace's folder stands for its folder
  std::string folder;             ///< the workspace's
};

/// The project's name exactly as the reference chooses it; pure. CMP-014, edge case 65.
std::string project_name(const NameSources& sources);

/// Lower-case; what is none of "-_a-z0-9" is left out.
std::string sanitised(std::string_view name);

}  // namespace fairlead::compose
