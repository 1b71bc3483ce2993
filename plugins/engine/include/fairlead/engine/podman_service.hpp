#pragma once

#include <fairlead/engine/endpoint.hpp>
#include <fairlead/error.hpp>
#include <fairlead/model.hpp>
#include <fairlead/sdk/core.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Podman's API: where it answers, or how it is made to.
namespace fairlead::engine {

struct PodmanSettings {
  std::string host;                    ///< address of the service; empty: as found
  std::string podman_path = "podman";  ///< the command that serves where no service runs
};

/// The address that the user named, by the setting or CONTAINER_HOST; empty: none.
std::string podman_address(const PodmanSettings& settings, const Environment& environment);

/// The sockets where a service of this user is looked for.
std::vector<std::string> podman_sockets(const Environment& environment, int uid);

/// What Podman's complaint means: "podman.subuid", "podman.runtime_dir", "podman.storage",
/// "podman.overlay", each with its remedy. Anything else is "engine.unreachable" with its last
/// line. `runtime_folder`: the XDG_RUNTIME_DIR that Podman was given, which may be the reason why
/// its service has no socket.
Error podman_complaint(std::string_view text, const std::string& runtime_folder = {});

/// What Podman notices as late as when an image is pulled or built: that it has files of ids that
/// the user does not have, or that the storage cannot be mounted.
bool blames_the_machine(std::string_view text);

/// One Podman for one plugin instance, chosen at the first connection and kept: the service that
/// the user named, one that listens on this user's socket, or a `podman system service` of our own,
/// which ends with this object, or by itself when this process was killed. Thread-safe.
class PodmanService {
 public:
  PodmanService(const sdk::Core& core, const ConfigureRequest& configuration,
                PodmanSettings settings);
  ~PodmanService();
  PodmanService(const PodmanService&) = delete;
  PodmanService& operator=(const PodmanService&) = delete;

  /// For the client; where only `dial` knows it, its socket's path is not to be used.
  Endpoint endpoint() const;
  /// A connection. Throws "engine.unreachable" and what podman_complaint gives.
  UniqueFd dial(const sdk::Call& call);
  /// As CONTAINER_HOST and DOCKER_HOST have it; empty before the first connection.
  std::string address() const;
  /// It is a service of our own.
  bool is_own() const;
  /// It is this user's, and the user is not root. Valid after a connection.
  bool is_rootless(const sdk::Call& call) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fairlead::engine
