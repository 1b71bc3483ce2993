#pragma once

#include <fairlead/model.hpp>

#include <optional>
#include <string>
#include <string_view>

/// What a host says of itself when we log in.
namespace fairlead::ssh {

struct HostFacts {
  HostDescription description;
  std::string shell;   ///< the login shell's path
  std::string folder;  ///< private, for notes of running commands; empty: there is none
  bool noisy = false;  ///< the login shell prints something before the command does
};

/// The script that asks; its first line of output is `mark`'s. It also ends what commands of an
/// earlier, lost connection of the client `id` left running.
std::string facts_script(const std::string& id, const std::string& mark);

/// Reads the answer; nullopt when the mark is not in it: the login shell ran no command.
std::optional<HostFacts> read_facts(std::string_view output, const std::string& mark);

}  // namespace fairlead::ssh
