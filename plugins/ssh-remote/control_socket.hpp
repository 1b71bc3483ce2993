#pragma once

#include "ssh-remote/address.hpp"
#include "ssh-remote/settings.hpp"

#include <fairlead/model.hpp>
#include <fairlead/unique_fd.hpp>

#include <string>
#include <string_view>

/// The files of one connection, shared by all our processes.
namespace fairlead::ssh {

struct ControlFiles {
  std::string socket;       ///< of the master
  std::string lock;         ///< held while a master is started or a forward made
  std::string description;  ///< what the host said of itself
  std::string id;           ///< the same for the same user, machine and host

  /// The local socket that a forward to `target` listens on.
  std::string forward(const std::string& target) const;
};

/// In the runtime folder of `environment` (XDG_RUNTIME_DIR, else below XDG_STATE_HOME or HOME),
/// which is made, mode 0700. A folder too long for a socket's path is replaced by one in /tmp that
/// only this user can write. Throws Error(failed, "host.folder").
ControlFiles control_files(const Environment& environment, const Settings& settings,
                           const Address& address);

/// Connects to a Unix socket of this machine; empty: nobody listens.
UniqueFd connect_socket(const std::string& path);

/// 16 hexadecimal digits that differ for different texts.
std::string short_hash(std::string_view text);

/// Holds a lock file from the line it is born. Waits for it; throws Error(cancelled) when
/// `cancel_fd` is readable.
class FileLock {
 public:
  FileLock(const std::string& path, int cancel_fd);

 private:
  UniqueFd fd_;
};

}  // namespace fairlead::ssh
