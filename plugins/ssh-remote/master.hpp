#pragma once

#include "ssh-remote/address.hpp"
#include "ssh-remote/control_socket.hpp"
#include "ssh-remote/description.hpp"
#include "ssh-remote/mux.hpp"
#include "ssh-remote/settings.hpp"

#include <mutex>
#include <optional>
#include <string>

namespace fairlead::ssh {

/// What a script on the host came to.
struct ScriptResult {
  int exit_code = 0;
  std::string output;
};

/// The one connection to a host, shared with all our other processes through its control socket:
/// found or started under a lock, never ended by us (it ends when idle). Thread-safe.
class Master {
 public:
  Master(Settings settings, Environment environment, Address address);

  /// A connection to the master, which is started when there is none. Throws what
  /// `connection_failure` makes of ssh's words.
  Mux connect(int cancel_fd);
  /// What the host said when we logged in.
  HostFacts facts(int cancel_fd);
  /// Opens `session`, once more with a new master when the old one is gone before it had begun.
  Mux open(const MuxSession& session, int cancel_fd);
  /// Runs a short script of ours whose output is small. `input` is what it reads.
  ScriptResult run(const std::string& script, int cancel_fd, const std::string& input = {});

  const Address& address() const { return address_; }
  const ControlFiles& files() const { return files_; }

 private:
  void start(int cancel_fd);
  std::optional<HostFacts> stored_facts() const;

  const Settings settings_;
  const Environment environment_;
  const Address address_;
  const ControlFiles files_;
  std::mutex mutex_;  ///< of facts_
  std::optional<HostFacts> facts_;
};

}  // namespace fairlead::ssh
