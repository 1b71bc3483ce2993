#include "engine/asked.hpp"
#include "engine/change.hpp"
#include "engine/deadlines.hpp"
#include "engine/environment_info.hpp"
#include "engine/find.hpp"
#include "engine/host_access.hpp"
#include "engine/the_host.hpp"

#include <fairlead/manage.hpp>

#include <algorithm>
#include <future>
#include <set>

namespace fairlead {
namespace {

/// A backend that was named for this call is the only one asked; what a settings file prefers for
/// new environments says nothing about those that exist.
bool is_named(const Settings& settings) {
  return settings.text("backend") != "auto" &&
         settings.at("backend").origin.layer >= SettingsLayer::environment;
}

}  // namespace

bool is_environment(const Labels& labels) {
  return labels.contains("devcontainer.local_folder") || labels.contains(configuration_key);
}

std::vector<std::string> names_to_ask(Core& core, const Settings& settings) {
  if (is_named(settings)) return {settings.text("backend")};
  std::vector<std::string> names;
  for (const auto& entry : core.plugins(settings).entries()) {
    if (!entry.refusal.empty() || !lists_instances(entry.manifest)) continue;
    if (!may_be_there(entry.manifest, settings)) continue;
    for (const auto& name : entry.manifest.backends) {
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  }
  return names.empty() ? backend_candidates(core, settings, Scenario::none) : names;
}

std::vector<Settings> places_to_ask(const Settings& settings) {
  if (settings.at("host").origin.layer >= SettingsLayer::environment) return {settings};
  std::vector<std::string> hosts{"local", settings.text("host")};
  const auto& added = settings.list("hosts");
  hosts.insert(hosts.end(), added.begin(), added.end());
  std::vector<Settings> places;
  for (auto host = hosts.begin(); host != hosts.end(); ++host) {
    if (std::find(hosts.begin(), host, *host) != host) continue;
    places.push_back(on_host(settings, *host));
  }
  return places;
}

std::string shown_name(const std::string& backend, const Settings& settings) {
  const bool here = settings.text("host") == "local" ||
                    settings.at("host").origin.layer >= SettingsLayer::environment;
  return here ? backend : backend + '@' + settings.text("host");
}

namespace {

/// What answers at all answers within this; who does not is shown as silent.
constexpr std::chrono::seconds answer_limit{2};

/// What one backend said.
struct Answer {
  std::string name;
  std::vector<EnvironmentInfo> environments;
  std::optional<Error> silence;
};

enum class Which { running_environments, all_environments, running_instances };

/// What the list alone may take before it is asked whether anybody is there.
constexpr std::chrono::milliseconds usual_wait{400};

/// One request as a rule, for a link makes each a round trip. A list may take its time, so that one
/// that does not come at once has a short question put beside it: who does not answer that either
/// is silent.
std::vector<InstanceInfo> list_of(Backend& backend, Which which, const std::stop_token& stop) {
  std::stop_source nobody;
  const std::stop_callback on_stop(stop, [&] { nobody.request_stop(); });
  auto listed = std::async(std::launch::async, [&] {
    return backend.list({.labels = {}, .all = which == Which::all_environments},
                        question(nobody.get_token()));
  });
  if (listed.wait_for(usual_wait) == std::future_status::ready) return listed.get().instances;
  try {
    backend.probe({}, {.stop = stop, .timeout = answer_limit - usual_wait});
  } catch (const Error&) {
    const bool came = listed.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    nobody.request_stop();
    // Who has given the list meanwhile is there; what the list itself failed of says more.
    if (came) return listed.get().instances;
    throw;
  }
  return listed.get().instances;
}

/// Labels are looked at here, because an engine's filters know no "or".
std::vector<EnvironmentInfo> ask(Core& core, Backend& backend, Which which,
                                 const std::stop_token& stop) {
  std::vector<EnvironmentInfo> environments;
  for (const auto& instance : list_of(backend, which, stop)) {
    if (which == Which::running_instances || is_environment(instance.labels))
      environments.push_back(environment_info(core, backend, instance));
  }
  return environments;
}

Answer ask_backend(Core& core, const Settings& settings, const std::string& name,
                   const std::shared_ptr<Host>& host, Which which, const std::stop_token& stop) {
  Answer answer{.name = shown_name(name, settings), .environments = {}, .silence = {}};
  try {
    answer.environments = ask(core, *backend_at(core, name, settings, host), which, stop);
    for (auto& environment : answer.environments) environment.backend = answer.name;
  } catch (const Error& error) {
    answer.silence = error;
  }
  return answer;
}

/// Every backend of one host, side by side. A host that cannot be reached answers for all of them.
std::vector<Answer> ask_place(Core& core, const Settings& settings,
                              const std::vector<std::string>& names, Which which,
                              const std::stop_token& stop) {
  std::shared_ptr<Host> host;
  try {
    host = connect_host(core, settings, {.stop = stop, .timeout = answer_limit});
  } catch (const Error& error) {
    return {{.name = settings.text("host"), .environments = {}, .silence = error}};
  }
  std::vector<std::future<Answer>> asked;
  asked.reserve(names.size());
  for (const auto& name : names) {
    asked.push_back(std::async(std::launch::async, [&, name] {
      return ask_backend(core, settings, name, host, which, stop);
    }));
  }
  std::vector<Answer> answers;
  for (auto& each : asked) answers.push_back(each.get());
  return answers;
}

/// Two backends may speak to one engine.
void append_new(ListResult& result, std::set<std::string>& known,
                std::vector<EnvironmentInfo> environments) {
  for (auto& environment : environments) {
    if (known.insert(environment.instance.id).second) {
      result.environments.push_back(std::move(environment));
    }
  }
}

ListResult ask_all(Core& core, Which which, const std::stop_token& stop) {
  const auto settings = core.settings(core.options().working_directory, nullptr);
  const auto names = names_to_ask(core, settings);
  const auto places = places_to_ask(settings);
  std::vector<std::future<std::vector<Answer>>> asked;
  asked.reserve(places.size());
  for (const auto& place : places) {
    asked.push_back(
        std::async(std::launch::async, [&] { return ask_place(core, place, names, which, stop); }));
  }
  ListResult result;
  std::vector<SilentBackend> absent;
  bool heard = false;
  std::optional<Error> failure;
  std::set<std::string> known;
  for (auto& place : asked) {
    for (auto& answer : place.get()) {
      if (answer.silence) {
        const bool cancelled = answer.silence->status() == Status::cancelled;
        if (cancelled || (is_named(settings) && places.size() == 1)) failure = answer.silence;
        const bool missed = is_named(settings) || answer.silence->code() != "engine.absent";
        (missed ? result.silent : absent).push_back({answer.name, answer.silence->message()});
      }
      heard = heard || !answer.silence;
      append_new(result, known, std::move(answer.environments));
    }
  }
  if (failure) throw Error(*failure);
  // Nobody misses an engine that is not there, unless there is none at all.
  if (!heard) std::ranges::move(absent, std::back_inserter(result.silent));
  return result;
}

}  // namespace

ListResult list(Core& core, bool all, std::stop_token stop) {
  return ask_all(core, all ? Which::all_environments : Which::running_environments, stop);
}

ListResult list_running(Core& core, std::stop_token stop) {
  return ask_all(core, Which::running_instances, stop);
}

}  // namespace fairlead
