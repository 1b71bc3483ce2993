#include "call_until.hpp"
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

std::chrono::milliseconds rest_until(std::chrono::steady_clock::time_point end) {
  return std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
}

/// Something comes before `limit`; throws when the call is cancelled.
bool readable(const UniqueFd& fd, std::chrono::milliseconds limit, const sdk::Call& call) {
  const auto end = std::chrono::steady_clock::now() + limit;
  for (;;) {
    std::array<pollfd, 2> watched{{{fd.get(), POLLIN, 0}, {call.cancel_fd(), POLLIN, 0}}};
    const auto wait = static_cast<int>(std::max<std::int64_t>(rest_until(end).count(), 0));
    ::poll(watched.data(), watched.size(), wait);
    call.throw_if_cancelled();
    if (watched[0].revents != 0) return true;
    if (wait == 0) return false;
  }
}

/// What was asked is answered.
bool answers(const UniqueFd& fd, std::chrono::milliseconds limit, const sdk::Call& call) {
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

UniqueFd ComposeBackend::dial_docker(const engine::Endpoint& docker, const sdk::Call& call) {
  return core().host().dial({docker.host, docker.port, docker.socket}, call);
}

ComposeBackend::Asked ComposeBackend::ask(const engine::Endpoint& docker, const sdk::Call& call) {
  auto fd = dial_docker(docker, call);
  ::send(fd.get(), question.data(), question.size(), MSG_NOSIGNAL);
  return {std::move(fd), std::chrono::steady_clock::now() + answer_limit};
}

UniqueFd ComposeBackend::reach(const engine::Endpoint& docker, const sdk::Call& call) {
  if (choice_.is_podman()) return podman_->dial(call);
  if (choice_.is_docker() || docker.origin != engine::default_origin)
    return dial_docker(docker, call);
  try {
    auto asked = take_asked();
    if (!asked.fd) asked = ask(docker, call);
    if (!answers(asked.fd, rest_until(asked.end), call)) throw silent_for(answer_limit);
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    return reach_podman(docker, engine::unreachable(error, docker.text(), docker.origin), call);
  }
  return choice_.take_docker() ? dial_docker(docker, call) : podman_->dial(call);
}

ComposeBackend::Asked ComposeBackend::take_asked() {
  const std::lock_guard lock(asked_mutex_);
  return std::exchange(asked_, {});
}

/// Not through the usual client, which keeps connections to the engine that it is for.
std::vector<InstanceInfo> ComposeBackend::podmans(const ListRequest& request, const Asked& docker,
                                                  const sdk::Call& call) {
  try {
    const CallUntil own(call, docker.fd, rest_until(docker.end));
    engine::Client podman(podman_->endpoint(), [this](const auto& /*to*/, const auto& dialing) {
      return podman_->dial(dialing);
    });
    return engine::instances_from_list(
        podman.send({{.target = engine::list_target(request)}, {}}, own.call()).body);
  } catch (const Error&) {
    call.throw_if_cancelled();
    return {};
  }
}

/// What labels name is one environment's or one project's: once found, nobody waits for more.
std::vector<InstanceInfo> ComposeBackend::found_while_docker_is_silent(const ListRequest& request,
                                                                       const sdk::Call& call) {
  const auto& docker = client().endpoint();
  if (!podman_ || choice_.is_docker() || choice_.is_podman() || request.labels.empty()) return {};
  if (docker.origin != engine::default_origin) return {};
  Asked asked;
  try {
    asked = ask(docker, call);
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    return {};  // `reach` says what is wrong with it
  }
  std::vector<InstanceInfo> found;
  if (!readable(asked.fd, brief_limit, call)) found = podmans(request, asked, call);
  if (readable(asked.fd, {}, call)) {  // also while Podman was asked
    if (answers(asked.fd, {}, call)) choice_.take_docker();
    return {};
  }
  if (found.empty()) {
    const std::lock_guard lock(asked_mutex_);
    asked_ = std::move(asked);
    return {};
  }
  const auto why = engine::unreachable(silent_for(brief_limit), docker.text(), docker.origin);
  return choice_.take_podman(why.message()) ? found : std::vector<InstanceInfo>();
}

/// Throws what Docker said when no Podman is there either.
UniqueFd ComposeBackend::reach_podman(const engine::Endpoint& docker, const Error& why,
                                      const sdk::Call& call) {
  try {
    auto fd = podman_->dial(call);
    // Of an engine that is not there nothing can be there.
    if (choice_.take_podman(why.code() == "engine.absent" ? "" : why.message())) return fd;
  } catch (const Error& second) {
    if (second.status() == Status::cancelled) throw;
  }
  if (choice_.is_docker()) return dial_docker(docker, call);  // it has answered another call
  throw why;
}

void ComposeBackend::warn_of_silence(sdk::Call& call) {
  const auto why = choice_.silence();
  if (!why || warned_.exchange(true)) return;
  call.emit({.warning = "The project is made on Podman. Docker does not answer, and may have one "
                        "of this workspace:\n  docker: " +
                        *why});
}

/// Nothing found is not nothing there while an engine is silent. The core says so for all that it
/// has asked, and goes on with Podman where that is enough.
void ComposeBackend::require_all_asked() const {
  const auto why = choice_.silence();
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
  return EngineBackend::reaches_containers(call) &&
         !(choice_.is_podman() && podman_->is_rootless(call));
}

std::string ComposeBackend::user_namespace(CreateRequest& request, const Evaluation& e,
                                           sdk::Call& call) {
  if (!choice_.is_podman() || !podman_->is_rootless(call)) return {};
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
