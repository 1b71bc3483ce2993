#pragma once

#include <string>
#include <string_view>

namespace fairlead::ssh {

/// What an address such as "ssh://me@box:2222/folder" names. Empty members: as the user's ssh
/// configuration has it.
struct Address {
  std::string user;
  std::string host;
  std::string port;

  /// "ssh://me@box:2222"; what messages call the host.
  std::string text() const;
};

/// Reads an address. A path behind the host is passed over: it is the workspace's. Throws
/// Error(invalid, "host.address") for another scheme, an empty name, a password, a port that is
/// none, and for a name or user that ssh could take for an option.
Address parse_address(std::string_view text);

}  // namespace fairlead::ssh
