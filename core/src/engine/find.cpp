#include "engine/find.hpp"

#include "base/nearest.hpp"
#include "engine/deadlines.hpp"
#include "engine/early_list.hpp"
#include "engine/group_files.hpp"
#include "engine/host_access.hpp"
#include "engine/the_host.hpp"
#include "spec/identity.hpp"

#include <algorithm>
#include <type_traits>

namespace fairlead {
namespace {

using LabelPairs = std::vector<std::pair<std::string, std::string>>;

std::string scenario_name(Scenario scenario) {
  switch (scenario) {
    case Scenario::image:
      return "image";
    case Scenario::dockerfile:
      return "dockerfile";
    case Scenario::compose:
      return "compose";
    case Scenario::none:
      break;
  }
  return {};
}

template <class Item>
bool has(const std::vector<Item>& items, const std::type_identity_t<Item>& item) {
  return std::ranges::find(items, item) != items.end();
}

/// The user names an engine; for some scenarios another plugin works on it.
std::vector<std::string> in_place_of(Core& core, const Settings& settings,
                                     const std::string& wanted, Scenario scenario) {
  const auto* own = core.plugins(settings).find_backend(wanted);
  if (own == nullptr || runs(*own, scenario)) return {wanted};
  std::vector<std::string> names;
  for (const auto& [manifest, refusal] : core.plugins(settings).entries()) {
    if (refusal.empty() && runs(manifest, scenario) && has(manifest.engines, wanted))
      names.insert(names.end(), manifest.backends.begin(), manifest.backends.end());
  }
  return names.empty() ? std::vector{wanted} : names;
}

using EarlyAnswer = EarlyList::Answer;

std::optional<EarlyAnswer> early_answer(const Workspace& workspace, const std::string& backend) {
  if (!workspace.early) return {};
  return workspace.early->take(backend, workspace.settings);
}

bool has_all_id_labels(const InstanceInfo& instance, const Identity& identity) {
  return has_labels(instance, identity.id_labels);
}

/// Found by its path, it is the folder of another machine. The reference knows paths alone.
bool is_of_another_machine(const InstanceInfo& instance, const Identity& identity, Mode mode) {
  const auto label = instance.labels.find(machine_label);
  if (mode == Mode::drop_in || identity.legacy_labels.empty() || label == instance.labels.end())
    return false;
  return !has(identity.id_labels, {label->first, label->second});
}

/// One list request serves both lookups: the legacy labels are a subset of the full ones.
/// `early` is the same list, if it was asked for before.
void look_up(Found& found, const Identity& identity, Mode mode, std::optional<EarlyAnswer> early,
             std::stop_token stop) {
  const auto& filter = identity.legacy_labels.empty() ? identity.id_labels : identity.legacy_labels;
  if (filter.empty()) return;
  ListRequest request;
  for (const auto& [key, value] : filter) request.labels.push_back(key + '=' + value);
  const bool known = early && has(request.labels, folder_label + ('=' + early->folder));
  auto instances = known ? std::move(early->instances)
                         : found.backend->list(request, question(std::move(stop))).instances;
  std::erase_if(instances, [&](const auto& i) {
    return i.state == InstanceState::removing || is_of_another_machine(i, identity, mode);
  });
  for (const auto& is_it : {has_all_id_labels, has_identity}) {
    const auto one = std::ranges::find_if(
        instances, [&](const auto& instance) { return is_it(instance, identity); });
    if (one != instances.end()) {
      found.instance = *one;
      return;
    }
  }
  for (const auto& instance : instances) {
    if (!identity.legacy_labels.empty() && !instance.labels.contains("devcontainer.config_file")) {
      found.instance = instance;
      found.legacy_labels = true;
      return;
    }
  }
}

/// The newest instance of the primary service.
void look_up_service(Found& found, const std::vector<std::string>& labels,
                     const std::stop_token& stop) {
  auto instances = found.backend->list({.labels = labels}, question(stop)).instances;
  std::erase_if(instances, [](const auto& i) { return i.state == InstanceState::removing; });
  if (!instances.empty()) found.instance = std::move(instances.front());
}

/// What runs but has not our labels: somebody started the services without us.
void look_up_unlabelled(Core& core, const Workspace& workspace, Found& found,
                        const std::stop_token& stop) {
  if (found.instance || core.mode() == Mode::drop_in || !group_of(core, workspace)) return;
  try {
    found.group = resolve_group(core, workspace, *found.backend, stop);
    look_up_service(found, found.group->resolved.labels, stop);
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    core.log().text(LogLevel::debug, error.message());
  }
}

void look_up_workspace(Core& core, const Workspace& workspace, Found& found, LookFor look_for,
                       std::optional<EarlyAnswer> early, const std::stop_token& stop) {
  if (look_for == LookFor::group && group_of(core, workspace)) {
    bring_group_files(core, workspace, stop);
    found.group = resolve_group(core, workspace, *found.backend, stop);
    return look_up_service(found, found.group->resolved.labels, stop);
  }
  look_up(found, workspace.identity, core.mode(), std::move(early), stop);
  look_up_unlabelled(core, workspace, found, stop);
}

void look_up_id(Found& found, const std::string& id, std::stop_token stop) {
  try {
    found.instance = found.backend->inspect({.id = id}, question(std::move(stop)));
  } catch (const Error& error) {
    if (error.status() != Status::not_found) throw;
  }
}

bool does_not_answer(const Error& error) {
  return error.status() == Status::unavailable || error.status() == Status::denied ||
         error.status() == Status::timeout;
}

/// Where no instances can be listed there are none to be found.
bool has_nothing(const Error& error) {
  return error.code() == "engine.absent" || error.code() == "backend.unsupported";
}

}  // namespace

std::shared_ptr<Backend> backend_on(Core& core, const std::string& name, const std::string& engine,
                                    const Settings& settings) {
  const auto* manifest = core.plugins(settings).find_backend(name);
  if (manifest == nullptr || name == engine || !has(manifest->engines, engine))
    return core.backend(name, settings);
  // What the settings say themselves comes later in the object, and wins.
  auto table = settings.plugin_json(name);
  table.insert(1, "\"engine\":\"" + engine + (table == "{}" ? "\"" : "\","));
  ConfigureRequest configure{.settings = table, .environment = {}, .working_directory = {}};
  if (settings.text("host") == "local") {  // else they name what is on this machine
    configure.environment = core.options().environment;
    configure.working_directory = core.options().working_directory;
  }
  return core.plugins(settings).open_backend(name, with_others(core, settings, core.host(settings)),
                                             configure);
}

bool runs(const PluginManifest& manifest, Scenario scenario) {
  return has(manifest.scenarios, scenario_name(scenario)) ||
         (scenario == Scenario::none && lists_instances(manifest));
}

bool lists_instances(const PluginManifest& manifest) {
  return manifest.scenarios != std::vector{scenario_name(Scenario::compose)};
}

bool has_labels(const InstanceInfo& instance, const LabelPairs& labels) {
  return std::ranges::all_of(labels, [&](const auto& label) {
    const auto found = instance.labels.find(label.first);
    return found != instance.labels.end() && found->second == label.second;
  });
}

bool has_identity(const InstanceInfo& instance, const Identity& identity) {
  auto labels = identity.id_labels;
  if (!instance.labels.contains(machine_label))
    std::erase_if(labels, [](const auto& label) { return label.first == machine_label; });
  return !labels.empty() && has_labels(instance, labels);
}

std::vector<std::string> backend_candidates(Core& core, const Settings& settings,
                                            Scenario scenario) {
  const auto& wanted = settings.text("backend");
  if (wanted != "auto") return in_place_of(core, settings, wanted, scenario);
  std::vector<std::string> names;
  for (const auto& entry : core.plugins(settings).entries()) {
    if (!entry.refusal.empty() || !runs(entry.manifest, scenario)) continue;
    // Found where it is, but never chosen for what is new.
    const bool lookup = scenario == Scenario::none && may_be_there(entry.manifest, settings);
    if (entry.manifest.is_the_host && !lookup) continue;
    for (const auto& name : entry.manifest.backends) {
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  }
  if (names.empty()) {
    throw Error(Status::unsupported, "backend.scenario",
                "No installed backend can run this configuration" +
                    (scenario == Scenario::none ? std::string(".")
                                                : " (scenario: " + scenario_name(scenario) + ")."),
                "`fairlead plugin list` shows what is installed and why a plugin is refused.");
  }
  return names;
}

namespace {

/// Opens the backend `name` and finds what it has.
void look_on(Core& core, const Workspace& workspace, const Selection& selection,
             const std::string& name, LookFor look_for, Found& found, const std::stop_token& stop) {
  auto early = early_answer(workspace, name);
  const auto& engine = workspace.settings.text("backend");
  found.backend = early ? early->backend : backend_on(core, name, engine, workspace.settings);
  try {
    if (selection.container_id.empty()) {
      look_up_workspace(core, workspace, found, look_for, std::move(early), stop);
    } else {
      look_up_id(found, selection.container_id, stop);
    }
  } catch (const Error& error) {
    // Somebody answers, another engine that the backend works on does not.
    if (error.code() != "environment.unanswered") throw;
    found.silent.push_back({name, error.message()});
    if (selection.container_id.empty()) look_up_unlabelled(core, workspace, found, stop);
  }
}

Found search(Core& core, const Workspace& workspace, const Selection& selection,
             const std::stop_token& stop, LookFor look_for) {
  const auto names = backend_candidates(core, workspace.settings, workspace.config.scenario);
  Found first;
  std::optional<Error> silence;
  std::string reasons;
  std::vector<SilentBackend> silent;
  std::vector<std::string> absent;
  for (const auto& name : names) {
    try {
      Found found;
      look_on(core, workspace, selection, name, look_for, found, stop);
      if (found.instance) return found;
      silent.insert(silent.end(), found.silent.begin(), found.silent.end());
      if (!first.backend) first = std::move(found);
      // The reference's `up` knows one engine: nobody is woken to hear that there is nothing.
      if (core.mode() == Mode::drop_in && look_for == LookFor::group) break;
    } catch (const Error& error) {
      const bool nothing = has_nothing(error);
      if (names.size() == 1 || !(nothing || does_not_answer(error))) throw;
      silence = error;
      reasons += "\n  " + name + ": " + error.message();
      if (nothing) {
        absent.push_back(name);
      } else {
        silent.push_back({name, error.message()});
      }
    }
  }
  if (first.backend) {
    first.silent = std::move(silent);
    first.absent = std::move(absent);
    return first;
  }
  throw Error(Status::unavailable, "backend.none", "No backend answers:" + reasons,
              silence ? silence->hint() : std::string{});
}

/// What the reference's client is asked, for a frontend that repeats it.
std::string listing(const Identity& identity) {
  std::string words = "listing -q -a";
  for (const auto& [key, value] : identity.id_labels) {
    words += " --filter label=" + key + '=' + value;
  }
  return words;
}

}  // namespace

Found find_environment(Core& core, const Workspace& workspace, const Selection& selection,
                       std::stop_token stop, LookFor look_for) {
  try {
    return search(core, workspace, selection, stop, look_for);
  } catch (Error& error) {
    const bool listed = core.mode() == Mode::drop_in && selection.container_id.empty();
    if (listed && does_not_answer(error)) error.note(listing(workspace.identity));
    throw;
  }
}

namespace {

/// Another service of the same group.
void choose_service(Found& found, const std::string& service, const std::stop_token& stop) {
  if (service.empty() || service == found.instance->service) return;
  std::vector<std::string> names;
  for (auto& instance : found.backend->list({.labels = {}}, question(stop)).instances) {
    if (instance.group != found.instance->group || instance.group.empty()) continue;
    names.push_back(instance.service);
    if (instance.service != service) continue;
    found.instance = std::move(instance);
    return;
  }
  const auto group = found.instance->group;
  throw Error(Status::not_found, "group.service",
              group.empty()
                  ? "The environment is no service of a project."
                  : "The project '" + group + "' has no container of a service '" + service + "'.",
              did_you_mean(service, names));
}

}  // namespace

bool may_be_elsewhere(const Core& core, const Found& found) {
  return !found.instance && !found.silent.empty() && core.mode() == Mode::fairlead;
}

std::string silence_text(const Found& found) {
  std::string text;
  for (const auto& [name, reason] : found.silent) text += "\n  " + name + ": " + reason;
  return text;
}

Error missing_environment(const Core& core, const Found& found) {
  if (!may_be_elsewhere(core, found)) {
    return {Status::not_found, "environment.not_found", "Dev container not found.",
            "Bring it up with `fairlead up`; `fairlead list` shows what there is."};
  }
  return {Status::unavailable, "environment.unanswered",
          "Dev container not found among those that answer. These do not, and may have it:" +
              silence_text(found),
          "Bring it up with `fairlead up`, or start the engine that has it."};
}

Found require_environment(Core& core, const Workspace& workspace, const Selection& selection,
                          std::stop_token stop) {
  auto found = find_environment(core, workspace, selection, stop);
  if (!found.instance) throw missing_environment(core, found);
  choose_service(found, selection.service, stop);
  return found;
}

}  // namespace fairlead
