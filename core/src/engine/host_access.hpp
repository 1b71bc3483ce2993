#pragma once

#include <fairlead/core.hpp>

namespace fairlead {

/// Connects to the host that `settings` name, anew; `options` limit the connecting alone. Throws
/// "host.unknown", and what the host's plugin says.
std::shared_ptr<Host> connect_host(Core& core, const Settings& settings, CallOptions options);

/// A backend on a host that was connected to. Throws as PluginRegistry::open_backend.
std::shared_ptr<Backend> backend_at(Core& core, const std::string& name, const Settings& settings,
                                    std::shared_ptr<Host> host);

/// The host, and where it is this machine, those whose sockets are dialled by their addresses.
std::shared_ptr<Host> with_others(Core& core, const Settings& settings, std::shared_ptr<Host> host);

/// The same settings for another host.
Settings on_host(const Settings& settings, const std::string& host);

}  // namespace fairlead
