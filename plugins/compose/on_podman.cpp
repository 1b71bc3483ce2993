#include "compose.hpp"

#include <fairlead/engine/errors.hpp>
#include <fairlead/engine/podman_user_namespace.hpp>
#include <fairlead/error.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

/// What is different where the engine is Podman.
namespace fairlead::compose {
namespace {

/// An engine answers this at once; a machine with much to do is given its time.
constexpr std::chrono::seconds answer_limit{10};
constexpr std::string_view question =
    "GET /_ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// Something comes before `limit`; throws when the call is cancelled.
bool readable(const UniqueFd& fd, std::chrono::milliseconds limit, const sdk::Call& call) {
  const auto end = std::chrono::steady_clock::now() + limit;
  for (;;) {
    std::array<pollfd, 2> watched{{{fd.get(), POLLIN, 0}, {call.cancel_fd(), POLLIN, 0}}};
    const auto rest =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    const auto wait = static_cast<int>(std::max<std::int64_t>(rest.count(), 0));
    ::poll(watched.data(), watched.size(), wait);
    call.throw_if_cancelled();
    if (watched[0].revents != 0) return true;
    if (wait == 0) return false;
  }
}

/// A connection alone says only that somebody has once listened there.
bool answers(const UniqueFd& fd, const sdk::Call& call) {
  if (::send(fd.get(), question.data(), question.size(), MSG_NOSIGNAL) < 0) return false;
  char first = 0;
  return readable(fd, answer_limit, call) && ::recv(fd.get(), &first, 1, 0) == 1;
}

/// What `up` asks about a project as a whole; the others ask about one environment.
bool is_about_a_project(const std::vector<std::string>& labels) {
  return std::ranges::any_of(
      labels, [](const auto& label) { return label.starts_with("com.docker.compose.project="); });
}

}  // namespace

UniqueFd ComposeBackend::reach(const engine::Endpoint& docker, const sdk::Call& call) {
  if (on_podman_) return podman_->dial(call);
  const auto dial = [&] {
    return core().host().dial({docker.host, docker.port, docker.socket}, call);
  };
  if (on_docker_ || docker.origin != engine::default_origin) return dial();
  try {
    if (!answers(dial(), call)) {
      throw Error(Status::unavailable, "host.connect",
                  "whoever has its socket has said nothing for " +
                      std::to_string(answer_limit.count()) + " s");
    }
    on_docker_ = true;
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    return reach_podman(engine::unreachable(error, docker.text(), docker.origin), call);
  }
  return dial();
}

/// Throws what Docker said when no Podman is there either.
UniqueFd ComposeBackend::reach_podman(const Error& docker, const sdk::Call& call) {
  try {
    auto fd = podman_->dial(call);
    const std::lock_guard lock(silence_mutex_);
    // Of an engine that is not there nothing can be there.
    if (docker.code() != "engine.absent" && !silence_) silence_ = docker.message();
    on_podman_ = true;
    return fd;
  } catch (const Error& second) {
    if (second.status() == Status::cancelled) throw;
  }
  throw docker;
}

std::optional<std::string> ComposeBackend::silence() const {
  const std::lock_guard lock(silence_mutex_);
  return silence_;
}

void ComposeBackend::warn_of_silence(sdk::Call& call) {
  const auto why = silence();
  if (!why || warned_.exchange(true)) return;
  call.emit({.warning = "The project is made on Podman. Docker does not answer, and may have one "
                        "of this workspace:\n  docker: " +
                        *why});
}

/// Nothing found is not nothing there while an engine is silent. The core says so for all that it
/// has asked, and goes on with Podman where that is enough.
void ComposeBackend::require_all_asked() const {
  const auto why = silence();
  if (!why) return;
  throw Error(Status::unavailable, "environment.unanswered", "docker: " + *why,
              "Start Docker; or name the engine: plugins.compose.engine = \"podman\".");
}

ListReply ComposeBackend::list(const ListRequest& request, sdk::Call& call) {
  auto reply = EngineBackend::list(request, call);
  if (reply.instances.empty() && !is_about_a_project(request.labels)) require_all_asked();
  return reply;
}

InstanceInfo ComposeBackend::inspect(const InspectRequest& request, sdk::Call& call) {
  try {
    return EngineBackend::inspect(request, call);
  } catch (const Error& error) {
    if (error.status() == Status::not_found) require_all_asked();
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
