#pragma once

#include <fairlead/abi.h>
#include <fairlead/model.hpp>
#include <fairlead/sdk/call.hpp>
#include <fairlead/unique_fd.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::sdk {

/// Severity of a plugin's log line; the numbers are those of abi.h.
enum class Level { trace = 0, debug = 1, info = 2, warn = 3, error = 4 };

/// The host that this plugin instance works on, called through the core. Thread-safe. Every call
/// ends when `caller` is cancelled, with Error(cancelled).
class HostClient {
 public:
  explicit HostClient(fairlead_service service) : service_(service) {}

  HostDescription describe(const Call& caller) const;

  /// Runs a command to its end and returns its exit status. `in`, `out`, `err` may be empty:
  /// /dev/null. `on_started` gets the id that spawn_control takes.
  int spawn(SpawnRequest request, UniqueFd in, UniqueFd out, UniqueFd err, const Call& caller,
            const std::function<void(const std::string&)>& on_started = {}) const;
  void spawn_control(const SpawnControlRequest& request, const Call& caller) const;

  /// A connected stream socket.
  UniqueFd dial(const HostDialRequest& request, const Call& caller) const;

 private:
  fairlead_service service_;
};

/// The backend whose instances an installer or forwarder works on. Same rules as HostClient.
class BackendClient {
 public:
  explicit BackendClient(fairlead_service service) : service_(service) {}

  /// A stream to a port or socket of an instance.
  UniqueFd dial(const DialRequest& request, const Call& caller) const;
  /// Runs a command in an instance to its end and returns its exit status.
  int exec(ExecRequest request, UniqueFd in, UniqueFd out, UniqueFd err, const Call& caller) const;

 private:
  fairlead_service service_;
};

/// What the core offers to one plugin instance; valid as long as the instance.
class Core {
 public:
  explicit Core(const fairlead_core* raw) : raw_(raw) {}

  /// The core adds the plugin's id and filters; plugins never print.
  void log(Level level, std::string_view message) const;
  HostClient host() const;
  /// For feature installers and port forwarders alone.
  BackendClient backend() const;

 private:
  const fairlead_core* raw_;
};

}  // namespace fairlead::sdk
