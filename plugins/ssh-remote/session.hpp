#pragma once

#include "ssh-remote/master.hpp"
#include "ssh-remote/remote_text.hpp"
#include "ssh-remote/terminal.hpp"

#include <fairlead/sdk/call.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace fairlead::ssh {

/// Commands on the host. Thread-safe.
class Sessions {
 public:
  /// As Host::spawn; a lost connection is Error(unavailable, "host.lost").
  SpawnReply spawn(Master& master, const SpawnRequest& request, sdk::Call& call);
  /// As Host::spawn_control.
  void control(Master& master, const SpawnControlRequest& request, int cancel_fd);

 private:
  struct Running;
  SpawnReply finish(Master& master, Mux& mux, Running& running, const SpawnRequest& request,
                    sdk::Call& call);
  void end(Master& master, Mux& mux, const Running& running);

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Running>> running_;
  unsigned started_ = 0;
};

}  // namespace fairlead::ssh
