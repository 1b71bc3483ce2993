#include "compose.hpp"

#include <fairlead/engine/errors.hpp>
#include <fairlead/engine/instances.hpp>
#include <fairlead/engine/podman_user_namespace.hpp>
#include <fairlead/error.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

/// What is different where the engine is Podman.
namespace fairlead::compose {
namespace {

/// An engine answers this at once; a machine with much to do is given its time.
constexpr std::chrono::seconds answer_limit{10};
/// After this Podman is asked beside it, whose project is enough to go on with.
constexpr std::chrono::seconds brief_limit{1};
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

/// A connection alone says only that somebody has once listened there. One that is closed already
/// ends what is read from it, too.
template <class Dial>
UniqueFd dial_and_ask(const Dial& dial) {
  UniqueFd fd = dial();
  ::send(fd.get(), question.data(), question.size(), MSG_NOSIGNAL);
  return fd;
}

/// What was asked is answered.
bool answers(const UniqueFd& fd, std::chrono::seconds limit, const sdk::Call& call) {
  char first = 0;
  return readable(fd, limit, call) && ::recv(fd.get(), &first, 1, 0) == 1;
}

Error silent_for(std::chrono::seconds limit) {
  return {Status::unavailable, "host.connect",
          "whoever has its socket has said nothing for " + std::to_string(limit.count()) + " s"};
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
    auto asked = take_asked();
    const auto limit = asked ? answer_limit - brief_limit : answer_limit;
    if (!asked) asked = dial_and_ask(dial);
    if (!answers(asked, limit, call)) throw silent_for(answer_limit);
    on_docker_ = true;
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    return reach_podman(engine::unreachable(error, docker.text(), docker.origin), call);
  }
  return dial();
}

UniqueFd ComposeBackend::take_asked() {
  const std::lock_guard lock(silence_mutex_);
  return std::move(asked_);
}

/// Not through the usual client, which keeps connections to the engine that it is for.
std::vector<InstanceInfo> ComposeBackend::podmans(const ListRequest& request,
                                                  const sdk::Call& call) {
  try {
    engine::Client podman(podman_->endpoint(), [this](const auto& /*to*/, const auto& own) {
      return podman_->dial(own);
    });
    return engine::instances_from_list(
        podman.send({{.target = engine::list_target(request)}, {}}, call).body);
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    return {};
  }
}

/// What labels name is one environment's or one project's: once found, nobody waits for more.
std::vector<InstanceInfo> ComposeBackend::found_while_docker_is_silent(const ListRequest& request,
                                                                       const sdk::Call& call) {
  const auto& docker = client().endpoint();
  if (!podman_ || on_docker_ || on_podman_ || request.labels.empty()) return {};
  if (docker.origin != engine::default_origin) return {};
  UniqueFd asked;
  try {
    asked = dial_and_ask([&] {
      return core().host().dial({docker.host, docker.port, docker.socket}, call);
    });
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    return {};  // `reach` says what is wrong with it
  }
  if (readable(asked, brief_limit, call)) {
    on_docker_ = answers(asked, brief_limit, call);
    return {};
  }
  auto found = podmans(request, call);
  const std::lock_guard lock(silence_mutex_);
  if (found.empty()) {
    asked_ = std::move(asked);
  } else {
    if (!silence_)
      silence_ =
          engine::unreachable(silent_for(brief_limit), docker.text(), docker.origin).message();
    on_podman_ = true;
  }
  return found;
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
  if (auto found = found_while_docker_is_silent(request, call); !found.empty())
    return {std::move(found)};
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
