#include "compose.hpp"

#include <fairlead/engine/instances.hpp>
#include <fairlead/engine/own_call.hpp>
#include <fairlead/engine/podman_user_namespace.hpp>
#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <chrono>

/// What is different where the engine is Podman.
namespace fairlead::compose {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto look_interval = 250ms;

/// How often the container's health is to be checked; nothing: it has no check.
std::optional<std::chrono::nanoseconds> check_interval(const std::string& inspected) {
  const auto all = nlohmann::json::parse(inspected, nullptr, false);
  static const nlohmann::json::json_pointer test("/Config/Healthcheck/Test");
  static const nlohmann::json::json_pointer interval("/Config/Healthcheck/Interval");
  if (!all.contains(test) || !all[test].is_array() || all[test].empty() || all[test][0] == "NONE")
    return {};
  const bool said = all.contains(interval) && all[interval].is_number() && all[interval] > 0;
  return said ? std::chrono::nanoseconds(all[interval].get<std::int64_t>()) : 30s;
}

}  // namespace

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

void ComposeBackend::check_health(const std::string& project, const sdk::Call& call) {
  std::map<std::string, Clock::time_point> due;
  std::map<std::string, std::chrono::nanoseconds> intervals;
  const auto path = [](const std::string& id) { return "/containers/" + id; };
  const auto look = [&](const InstanceInfo& member) {
    if (!due.contains(member.id)) {
      const auto interval =
          check_interval(client().send({{.target = path(member.id) + "/json"}, {}}, call).body);
      due[member.id] = interval ? Clock::now() + *interval : Clock::time_point::max();
      intervals[member.id] = interval.value_or(30s);
    }
    if (Clock::now() < due[member.id]) return;
    due[member.id] = Clock::now() + intervals[member.id];
    client().send({{.target = "/v4.0.0/libpod" + path(member.id) + "/healthcheck"}, {}}, call);
  };
  for (;; engine::pause_for(look_interval, call)) {
    const auto target =
        engine::list_target({.labels = {"com.docker.compose.project=" + project}, .all = false});
    for (const auto& member :
         engine::instances_from_list(client().send({{.target = target}, {}}, call).body)) {
      try {
        look(member);
      } catch (const Error& error) {
        if (error.status() == Status::cancelled) throw;  // else it has ended meanwhile
      }
    }
  }
}

}  // namespace fairlead::compose
