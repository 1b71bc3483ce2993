#include "compose.hpp"

#include <fairlead/engine/podman_user_namespace.hpp>
#include <fairlead/error.hpp>

/// What is different where the engine is Podman.
namespace fairlead::compose {
UniqueFd ComposeBackend::reach(const engine::Endpoint& docker, const sdk::Call& call) {
  if (on_podman_) return podman_->dial(call);
  try {
    auto fd = core().host().dial({docker.host, docker.port, docker.socket}, call);
    on_docker_ = true;
    return fd;
  } catch (const Error& error) {
    if (on_docker_ || error.status() == Status::cancelled || docker.origin != "default") throw;
    try {
      auto fd = podman_->dial(call);
      on_podman_ = true;
      return fd;
    } catch (const Error& second) {
      if (second.status() == Status::cancelled) throw;
    }
    throw;
  }
}

/// The network of a rootless container is not this machine's.
bool ComposeBackend::reaches_containers(const sdk::Call& call) {
  return EngineBackend::reaches_containers(call) && !(on_podman_ && podman_->is_rootless(call));
}

std::string ComposeBackend::user_namespace(CreateRequest& request, const Evaluation& e,
                                           sdk::Call& call) {
  if (!on_podman_ || !podman_->is_rootless(call)) return {};
  auto user = e.reply.user;
  if (user.empty()) {
    const auto image = request.image.empty() ? e.reply.image : request.image;
    user = inspect_image({.image = image, .platform = {}}, call).user;
  }
  const auto wanted = engine::wanted_user_namespace(request, user, settings_.userns);
  // With this mapping Podman would run the process as the user outside.
  if (!wanted.empty() && request.user.empty()) request.user = user.empty() ? "root" : user;
  return wanted;
}

}  // namespace fairlead::compose
