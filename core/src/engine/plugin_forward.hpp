#pragma once

#include <fairlead/backend.hpp>

#include <memory>
#include <string>
#include <thread>

namespace fairlead {

/// One forward that a plugin makes; it lasts as long as this.
class PluginForward {
 public:
  /// Waits until the plugin listens. Throws what it says; "ports.plugin" when it says nothing.
  PluginForward(std::shared_ptr<PortForwarder> forwarder, PortsForwardRequest request,
                const std::stop_token& stop);

  const std::string& address() const { return address_; }
  int port() const { return port_; }

 private:
  std::string address_;
  int port_ = 0;
  std::jthread thread_;
};

}  // namespace fairlead
