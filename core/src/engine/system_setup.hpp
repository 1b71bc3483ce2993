#pragma once

#include "engine/find.hpp"

#include <optional>

namespace fairlead {

/// The ids that a user should have by now, and whose they were meant to be.
struct WantedIds {
  std::string user;
  int uid = 0;
  int gid = 0;
};

/// Files that say which lifecycle commands a new container has behind it, for a user whose home
/// nobody has looked up yet.
struct FirstMarks {
  std::string user;    ///< empty: none are to be made
  std::string folder;  ///< empty: ~/.devcontainer; "-": none is made, the user is looked up only
  std::vector<std::pair<std::string, std::string>> files = {};  ///< name and text
};

struct SystemSetup {
  std::string folder;  ///< of the system's markers; empty: /var/devcontainer
  std::optional<WantedIds> wanted;
  FirstMarks marks;
};

/// The reference enters as the user first, and changes nothing where there is none: in drop-in mode
/// the remote user, without marks. Pure.
FirstMarks user_to_look_up(Mode mode, const MergedConfig& merged, const InstanceInfo& instance);

/// What `/etc/environment` gets for a container with this environment: one NAME="value" per line.
/// Pure.
std::string etc_environment_text(const std::vector<std::string>& environment);

/// Once per container, as root: adds the container's environment to /etc/environment and makes
/// /etc/profile keep its PATH, so that logins see what commands of the tool see (USER-014). Marked
/// in a folder. What cannot be written is tolerated. With `wanted` it
/// also says in one clear line when that user has other ids or does not own its home (USER-008).
/// Nothing is asked of the container when this user has seen it done. Throws Error
/// "environment.enter" for a user of `marks` who is not there.
void prepare_system(Core& core, Backend& backend, const InstanceInfo& instance,
                    const SystemSetup& setup, std::stop_token stop);

}  // namespace fairlead
