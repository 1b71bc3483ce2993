#pragma once

#include <fairlead/model.hpp>
#include <fairlead/sdk/call.hpp>

namespace fairlead::sdk {

/// A machine where a backend's commands run and its paths live. Same rules as Backend.
class Host {
 public:
  virtual ~Host() = default;

  virtual void configure(const ConfigureRequest& request);
  /// Connects; a host that is always there does nothing.
  virtual Empty open(const HostOpenRequest& request, Call& call);
  virtual HostDescription describe(const Empty& request, Call& call) = 0;
  /// Runs a command to its end, in a process group of its own; emits `started` with the id that
  /// spawn_control takes. Cancelled: TERM to the group, KILL after a grace of 3 s. Throws not_found
  /// ("host.command_not_found").
  virtual SpawnReply spawn(const SpawnRequest& request, Call& call);
  virtual Empty spawn_control(const SpawnControlRequest& request, Call& call);
  /// Attaches one connected stream socket to the reply. Throws unavailable ("host.connect") or
  /// denied
  /// ("host.permission").
  virtual DialReply dial(const HostDialRequest& request, Call& call);
  virtual Empty close(const Empty& request, Call& call);
};

}  // namespace fairlead::sdk
