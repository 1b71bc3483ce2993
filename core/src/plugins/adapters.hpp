#pragma once

#include "plugins/instance.hpp"

#include <fairlead/backend.hpp>

#include <memory>
#include <string>

namespace fairlead {

/// The core's interfaces over the tables of a plugin instance. `name` is what messages call it.
/// Throw Error(failed, "plugin.load") when the plugin does not offer the interface.
std::unique_ptr<Backend> adapt_backend(std::shared_ptr<PluginInstance> instance, std::string name);
std::unique_ptr<Host> adapt_host(std::shared_ptr<PluginInstance> instance, std::string name);
std::unique_ptr<FeatureInstaller> adapt_features(std::shared_ptr<PluginInstance> instance,
                                                 std::string name);
std::unique_ptr<PortForwarder> adapt_ports(std::shared_ptr<PluginInstance> instance,
                                           std::string name);

/// The one stream that a dial's reply carries. Throws Error(internal, "plugin.reply") without it.
UniqueFd stream_of(CallReply reply, const std::string& name);

}  // namespace fairlead
