#include "engine/find.hpp"

#include "engine/deadlines.hpp"

#include <algorithm>

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

bool can_run(const PluginManifest& manifest, const std::string& scenario) {
  return scenario.empty() ||
         std::ranges::find(manifest.scenarios, scenario) != manifest.scenarios.end();
}

/// One list request serves both lookups: the legacy labels are a subset of the full ones.
void look_up(Found& found, const Identity& identity, std::stop_token stop) {
  const auto& filter = identity.legacy_labels.empty() ? identity.id_labels : identity.legacy_labels;
  if (filter.empty()) return;
  ListRequest request;
  for (const auto& [key, value] : filter) request.labels.push_back(key + '=' + value);
  auto instances = found.backend->list(request, question(std::move(stop))).instances;
  std::erase_if(instances, [](const auto& i) { return i.state == InstanceState::removing; });
  for (const auto& instance : instances) {
    if (has_labels(instance, identity.id_labels)) {
      found.instance = instance;
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

}  // namespace

bool has_labels(const InstanceInfo& instance, const LabelPairs& labels) {
  return std::ranges::all_of(labels, [&](const auto& label) {
    const auto found = instance.labels.find(label.first);
    return found != instance.labels.end() && found->second == label.second;
  });
}

std::vector<std::string> backend_candidates(Core& core, const Settings& settings,
                                            Scenario scenario) {
  const auto& wanted = settings.text("backend");
  if (wanted != "auto") return {wanted};
  std::vector<std::string> names;
  for (const auto& entry : core.plugins(settings).entries()) {
    if (!entry.refusal.empty() || !can_run(entry.manifest, scenario_name(scenario))) continue;
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

Found find_environment(Core& core, const Workspace& workspace, const Selection& selection,
                       std::stop_token stop) {
  const auto names = backend_candidates(core, workspace.settings, workspace.config.scenario);
  Found first;
  std::optional<Error> silence;
  std::string reasons;
  for (const auto& name : names) {
    try {
      Found found{.backend = core.backend(name, workspace.settings)};
      if (selection.container_id.empty()) {
        look_up(found, workspace.identity, stop);
      } else {
        look_up_id(found, selection.container_id, stop);
      }
      if (found.instance) return found;
      if (!first.backend) first = std::move(found);
    } catch (const Error& error) {
      if (names.size() == 1 || !does_not_answer(error)) throw;
      silence = error;
      reasons += "\n  " + name + ": " + error.message();
    }
  }
  if (first.backend) return first;
  throw Error(Status::unavailable, "backend.none", "No backend answers:" + reasons,
              silence ? silence->hint() : std::string{});
}

Found require_environment(Core& core, const Workspace& workspace, const Selection& selection,
                          std::stop_token stop) {
  auto found = find_environment(core, workspace, selection, std::move(stop));
  if (!found.instance) {
    throw Error(Status::not_found, "environment.not_found", "Dev container not found.",
                "Bring it up with `fairlead up`; `fairlead list` shows what there is.");
  }
  return found;
}

}  // namespace fairlead
