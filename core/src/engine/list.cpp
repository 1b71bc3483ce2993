#include "engine/change.hpp"
#include "engine/deadlines.hpp"
#include "engine/environment_info.hpp"
#include "engine/find.hpp"
#include "engine/the_host.hpp"

#include <fairlead/manage.hpp>

#include <algorithm>
#include <future>
#include <set>

namespace fairlead {
namespace {

/// What answers at all answers within this; who does not is shown as silent.
constexpr std::chrono::seconds answer_limit{2};

/// What one backend said.
struct Answer {
  std::vector<EnvironmentInfo> environments;
  std::optional<Error> silence;
};

enum class Which { running_environments, all_environments, running_instances };

/// A dev container of any tool has the folder's label; one of ours that is known by labels that the
/// user chose has at least our record.
bool is_environment(const InstanceInfo& instance) {
  return instance.labels.contains("devcontainer.local_folder") ||
         instance.labels.contains(configuration_key);
}

/// Two requests: a short one that tells whether anybody is there, then the list, which may take its
/// time. Labels are looked at here, because an engine's filters know no "or".
Answer ask(Core& core, const Settings& settings, const std::string& name, Which which,
           const std::stop_token& stop) {
  Answer answer;
  try {
    const auto backend = core.backend(name, settings);
    backend->probe({}, {.stop = stop, .timeout = answer_limit});
    for (const auto& instance :
         backend->list({.labels = {}, .all = which == Which::all_environments}, question(stop))
             .instances) {
      if (which == Which::running_instances || is_environment(instance))
        answer.environments.push_back(environment_info(*backend, instance));
    }
  } catch (const Error& error) {
    answer.silence = error;
  }
  return answer;
}

/// A backend that was named for this call is the only one asked; what a settings file prefers for
/// new environments says nothing about those that exist.
bool is_named(const Settings& settings) {
  return settings.text("backend") != "auto" &&
         settings.at("backend").origin.layer >= SettingsLayer::environment;
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
  std::vector<std::future<Answer>> answers;
  answers.reserve(names.size());
  for (const auto& name : names) {
    answers.push_back(std::async(std::launch::async,
                                 [&, name] { return ask(core, settings, name, which, stop); }));
  }
  ListResult result;
  std::optional<Error> failure;
  std::set<std::string> known;
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto answer = answers[i].get();
    if (answer.silence) {
      const bool cancelled = answer.silence->status() == Status::cancelled;
      if (cancelled || is_named(settings)) failure = answer.silence;
      result.silent.push_back({.name = names[i], .reason = answer.silence->message()});
    }
    append_new(result, known, std::move(answer.environments));
  }
  if (failure) throw Error(*failure);
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
