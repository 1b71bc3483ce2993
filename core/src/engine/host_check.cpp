#include "engine/host_check.hpp"

#include "engine/captured.hpp"
#include "engine/host_access.hpp"
#include "engine/the_host.hpp"

#include <fairlead/hosts.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <optional>

namespace fairlead {
namespace {

constexpr std::chrono::seconds host_limit{60};  // a password may have to be typed
constexpr std::chrono::seconds engine_limit{15};
constexpr long long clock_tolerance = 5;  // seconds
constexpr std::uint64_t little_space = std::uint64_t{2} << 30U;

/// Each builds on those before it: who fails at one has passed the others.
struct Stage {
  const char* name;
  const char* passed;
  std::array<std::string_view, 2> failures;  ///< codes
};

constexpr std::array stages{
    Stage{
        "address", "It is an address that a plugin understands.", {"host.address", "host.unknown"}},
    Stage{"client", "The program that connects is there.", {"host.ssh_missing", "host.folder"}},
    Stage{"name", "Its name is known.", {"host.name", "host.name"}},
    Stage{"network", "It answers.", {"host.unreachable", "host.refused"}},
    Stage{"key", "It shows the key that is known.", {"host.key_changed", "host.key_unknown"}},
    Stage{"login", "It lets you in.", {"host.denied", "host.closed"}},
    Stage{"shell", "The login shell runs commands.", {"host.shell", "host.shell"}}};

/// The stage that an error belongs to; all of them when it names none.
std::size_t failed_stage(const Error& error) {
  const auto found = std::ranges::find_if(stages, [&](const Stage& stage) {
    return std::ranges::find(stage.failures, error.code()) != stage.failures.end();
  });
  return static_cast<std::size_t>(found - stages.begin());
}

void tell_passed(const std::string& host, std::size_t count, const TellFinding& tell) {
  for (std::size_t i = 0; i < count; ++i) {
    tell({host, {.name = stages[i].name, .message = stages[i].passed}});
  }
}

void tell_failed(const std::string& host, const Error& error, const TellFinding& tell) {
  const auto stage = failed_stage(error);
  const bool known = stage < stages.size();
  if (known) tell_passed(host, stage, tell);
  tell({host, {known ? stages[stage].name : "reachable", "bad", error.message(), error.hint()}});
}

std::string description_text(const HostDescription& host) {
  std::string text = host.user + " on " + host.os + ' ' + host.arch;
  if (host.cpus > 0) text += ", " + std::to_string(static_cast<int>(host.cpus)) + " processors";
  if (host.memory_bytes > 0)
    text += ", " + std::to_string(host.memory_bytes >> 30U) + " GiB memory";
  return text + '.';
}

/// What one backend on the host says.
struct Answer {
  std::string backend;
  bool bare = false;  ///< the host itself is its environment
  std::string text;
  std::optional<Error> failure;
};

Answer ask(Core& core, const Settings& settings, const std::shared_ptr<Host>& host,
           const PluginManifest& manifest, const std::string& name, const std::stop_token& stop) {
  Answer answer{.backend = name, .bare = manifest.is_the_host, .text = {}, .failure = {}};
  try {
    const auto said =
        backend_at(core, name, settings, host)->probe({}, {.stop = stop, .timeout = engine_limit});
    answer.text = said.engine + (said.version.empty() ? "" : ' ' + said.version) +
                  (said.endpoint.empty() ? "" : " at " + said.endpoint) + '.';
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    answer.failure = error;
  }
  return answer;
}

std::vector<Answer> ask_backends(Core& core, const Settings& settings,
                                 const std::shared_ptr<Host>& host, const std::stop_token& stop) {
  std::vector<Answer> answers;
  for (const auto& [manifest, refusal] : core.plugins(settings).entries()) {
    if (!refusal.empty()) continue;
    for (const auto& name : manifest.backends) {
      answers.push_back(ask(core, settings, host, manifest, name, stop));
    }
  }
  return answers;
}

/// One engine is enough, and none is needed where the host itself will do; only rights that are
/// missing everywhere are a fault.
void tell_engines(const std::string& host, const std::vector<Answer>& answers,
                  const TellFinding& tell) {
  const bool any = std::ranges::any_of(
      answers, [](const Answer& answer) { return !answer.bare && !answer.failure; });
  for (const auto& answer : answers) {
    if (!answer.failure) {
      tell({host, {.name = answer.backend, .message = answer.text}});
      continue;
    }
    const bool denied = answer.failure->status() == Status::denied;
    tell({host,
          {answer.backend, denied && !any ? "bad" : "warning", answer.failure->message(),
           answer.failure->hint()}});
  }
}

}  // namespace

Check disk_check(std::string name, std::uint64_t free, const std::string& folder,
                 std::string advice) {
  const auto text = std::to_string(free >> 30U) + " GiB free at " + folder + '.';
  if (free >= little_space) return {.name = std::move(name), .message = text};
  return {std::move(name), "warning", "Only " + text, std::move(advice)};
}

/// Nothing of ours compares the two, but programs do: make, certificates, rsync by age.
void tell_clock(const std::string& name, Host& host, const TellFinding& tell,
                const std::stop_token& stop) {
  const auto begin = std::time(nullptr);
  const auto said = std::atoll(run_captured_on(host, {.argv = {"date", "+%s"}}, stop).out.c_str());
  const auto end = std::time(nullptr);
  if (said <= 0) return;
  const auto difference = said < begin ? begin - said : std::max<long long>(said - end, 0);
  if (difference <= clock_tolerance) {
    tell({name, {.name = "clock", .message = "Its clock agrees with this one."}});
    return;
  }
  tell({name,
        {"clock", "warning",
         "Its clock is " + std::to_string(difference) + " s " +
             (said < begin ? "behind." : "ahead."),
         "Have it set by the network (timedatectl set-ntp true)."}});
}

std::shared_ptr<Host> try_host(Core& core, const Settings& settings, const TellFinding& tell,
                               const std::stop_token& stop) {
  const auto& name = settings.text("host");
  try {
    auto host = core.host(settings);
    const auto said = host->describe({.stop = stop, .timeout = host_limit});
    tell_passed(name, stages.size(), tell);
    tell({name, {.name = "machine", .message = description_text(said)}});
    if (said.storage_bytes > 0) {
      tell({name, disk_check("disk", said.storage_bytes, said.home, "Make room there.")});
    }
    tell_clock(name, *host, tell, stop);
    return host;
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    tell_failed(name, error, tell);
    return nullptr;
  }
}

void check_host(Core& core, const std::string& address, const TellFinding& tell,
                std::stop_token stop) {
  const auto settings = on_host(core.settings(core.options().working_directory, nullptr), address);
  const auto host = try_host(core, settings, tell, stop);
  if (host) tell_engines(address, ask_backends(core, settings, host, stop), tell);
}

}  // namespace fairlead
