#pragma once

#include <fairlead/manage.hpp>

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

/// The machines that the user works on. The same rules hold as in engine.hpp.
namespace fairlead {

/// A host of the setting `hosts`, or the one of the setting `host`.
struct KnownHost {
  std::string address;  ///< "ssh://me@box"
  std::string origin;   ///< who says so: "user: /home/u/.config/fairlead/config.toml:3:1"
  bool usual = false;   ///< the setting `host` names it
};

/// What the user added, in the order of the settings, then the usual host where it is another.
std::vector<KnownHost> list_hosts(Core& core);

/// How a change to the user's own settings went.
struct HostChange {
  std::string address;
  std::string file;      ///< the user's settings
  bool changed = false;  ///< false: it was so already
};

/// Adds a host to `hosts` in the user's own settings; nothing is connected to. A folder behind the
/// host is left out. Throws "host.unknown", "host.address" for what names no host,
/// "settings.syntax", "settings.type", "file.write".
HostChange add_host(Core& core, const std::string& address);

/// Takes it out again; what is on the host stays. Throws "host.not_added", naming who else says so.
HostChange remove_host(Core& core, const std::string& address);

/// Tries a host in stages that build on each other, from its address to the engines on it; each is
/// one finding, and the first that fails is the last before the engines. Nothing is changed.
void check_host(Core& core, const std::string& address,
                const std::function<void(const Finding&)>& tell, std::stop_token stop);

}  // namespace fairlead
