#include "compose.hpp"

#include <fairlead/engine/frames.hpp>
#include <fairlead/engine/instances.hpp>
#include <fairlead/engine/own_call.hpp>
#include <fairlead/engine/processes.hpp>
#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>

/// How the services are, and what is said of those that are not well.
namespace fairlead::compose {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto look_interval = 250ms;

nlohmann::json at(const nlohmann::json& all, const char* pointer) {
  const nlohmann::json::json_pointer place(pointer);
  return all.contains(place) ? all.at(place) : nlohmann::json();
}

/// How often the container's health is to be checked; nothing: it has no check.
std::optional<std::chrono::nanoseconds> check_interval(const std::string& inspected) {
  const auto all = nlohmann::json::parse(inspected, nullptr, false);
  const auto test = at(all, "/Config/Healthcheck/Test");
  const auto interval = at(all, "/Config/Healthcheck/Interval");
  if (!test.is_array() || test.empty() || test[0] == "NONE") return {};
  const bool said = interval.is_number() && interval > 0;
  return said ? std::chrono::nanoseconds(interval.get<std::int64_t>()) : 30s;
}

std::string container(const std::string& id) { return "/containers/" + id; }

/// What ends or hiccups between two questions is no reason to stop looking for good.
template <typename Round>
void patiently(const Round& round) {
  try {
    round();
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
  }
}

}  // namespace

bool is_sick(const InstanceInfo& instance) {
  if (instance.status.find("unhealthy") != std::string::npos) return true;
  const bool ended =
      instance.state == InstanceState::stopped || instance.state == InstanceState::dead;
  return ended && instance.status.find("Exited (0)") == std::string::npos;
}

bool ComposeBackend::services_run_themselves(const sdk::Call& call) {
  if (!choice_.is_podman()) return true;
  constexpr const char* mark = "/run/systemd/system";
  std::error_code ignored;
  if (is_local(call)) return std::filesystem::is_directory(mark, ignored);
  return runner("/").capture({"test", "-d", mark}, call).exit_code == 0;
}

void ComposeBackend::check_health(const std::string& project, const sdk::Call& call) {
  std::map<std::string, Clock::time_point> due;
  std::map<std::string, std::chrono::nanoseconds> intervals;
  const auto look = [&](const InstanceInfo& member) {
    if (!due.contains(member.id)) {
      const auto interval = check_interval(
          client().send({{.target = container(member.id) + "/json"}, {}}, call).body);
      due[member.id] = interval ? Clock::now() + *interval : Clock::time_point::max();
      intervals[member.id] = interval.value_or(30s);
    }
    if (Clock::now() < due[member.id]) return;
    due[member.id] = Clock::now() + intervals[member.id];
    client().send({{.target = "/v4.0.0/libpod" + container(member.id) + "/healthcheck"}, {}}, call);
  };
  for (;; engine::pause_for(look_interval, call)) {
    patiently([&] {
      for (const auto& member : running_members(project, call)) patiently([&] { look(member); });
    });
  }
}

std::string ComposeBackend::health_of(const std::string& id, const sdk::Call& call) {
  const auto all = nlohmann::json::parse(
      client().send({{.target = container(id) + "/json"}, {}}, call).body, nullptr, false);
  const auto status = at(all, "/State/Health/Status");
  return status.is_string() ? status.get<std::string>() : std::string();
}

std::vector<InstanceInfo> ComposeBackend::running_members(const std::string& project,
                                                          const sdk::Call& call) {
  const auto target =
      engine::list_target({.labels = {"com.docker.compose.project=" + project}, .all = false});
  return engine::instances_from_list(client().send({{.target = target}, {}}, call).body);
}

std::string ComposeBackend::wait_until_stuck(const std::string& project,
                                             const std::set<std::string>& awaited,
                                             const sdk::Call& call) {
  std::map<std::string, Clock::time_point> since;
  std::string stuck;
  const auto look = [&](const InstanceInfo& member) {
    if (!awaited.contains(member.service)) return;
    if (health_of(member.id, call) != "starting") {
      since.erase(member.id);
      return;
    }
    const auto began = since.try_emplace(member.id, Clock::now()).first->second;
    if (Clock::now() - began > settings_.health_timeout) stuck = member.service;
  };
  while (stuck.empty()) {
    engine::pause_for(1s, call);
    patiently([&] {
      for (const auto& member : running_members(project, call)) patiently([&] { look(member); });
    });
  }
  return stuck;
}

std::string ComposeBackend::last_words(const std::string& id, const sdk::Call& call) {
  std::string said;
  const bool framed =
      !engine::has_terminal(client().send({{.target = container(id) + "/json"}, {}}, call).body);
  engine::FrameReader frames;
  const auto target = engine::logs_target({.id = id, .tail = 20});
  client().stream({{.target = target}, {}}, call, [&](std::string_view bytes) {
    if (!framed) said += bytes;
    if (framed) frames.feed(bytes, [&](int, std::string_view part) { said += part; });
    return true;
  });
  return said;
}

Error ComposeBackend::not_started(const std::string& project, const std::string& why,
                                  const std::string& stuck, sdk::Call& call) {
  // Podman's list says nothing of health.
  const auto says_unhealthy = [&](const std::string& id) {
    try {
      return health_of(id, call) == "unhealthy";
    } catch (const Error&) {  // it has gone meanwhile
      return false;
    }
  };
  std::string text = "Compose could not start the project '" + project + "'" + why;
  std::string hint;
  for (const auto& member : members(project, call)) {
    const bool waits = member.service == stuck;
    if (!waits && !is_sick(member) && !says_unhealthy(member.id)) continue;
    text += "\nThe service '" + member.service + "' " +
            (waits ? "has not become healthy within " +
                         std::to_string(settings_.health_timeout.count()) + " s."
                   : "is not well (" + member.status + ").");
    const auto said = last_words(member.id, call);
    if (!said.empty()) text += " It said last:\n" + said;
    hint = "`fairlead logs " + member.service + "` shows all that it said.";
    if (waits) hint += " plugins.compose.health_timeout gives it more time.";
  }
  return {Status::failed, "group.start", text, hint};
}

}  // namespace fairlead::compose
