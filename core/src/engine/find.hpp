#pragma once

#include "engine/group.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fairlead {

/// The backend that a workspace uses and what it already has for it.
struct Found {
  std::shared_ptr<Backend> backend;
  std::optional<InstanceInfo> instance;
  bool legacy_labels = false;  ///< found by the folder alone, as before the config_file label
  std::optional<ServiceGroup> group;     ///< the workspace's, once its files were read
  std::optional<InstanceInfo> outdated;  ///< to be removed once the image of its successor is there
  // Only without an instance:
  std::vector<SilentBackend> silent;  ///< candidates that did not answer, and may have it
  std::vector<std::string> absent;    ///< candidates of which nothing is here
};

/// Chooses the backend and looks for the workspace's environment, in one request per backend.
///
/// An explicit name is the only candidate. "auto" tries, in search order, every installed backend
/// that can run the scenario: the first that has the environment wins, else the first that answers.
/// Throws "backend.unknown", "backend.scenario", or what a single candidate said when it does not
/// answer ("backend.none" with all reasons when there are several).
/// `LookFor::group` is `up`'s: with services of a group the primary one's instance counts, whoever
/// made it, and not the labels (CMP-012).
enum class LookFor { labels, group };
Found find_environment(Core& core, const Workspace& workspace, const Selection& selection,
                       std::stop_token stop, LookFor look_for = LookFor::labels);

/// As above, and throws "environment.not_found" when there is none, or "environment.unanswered"
/// when a candidate that did not answer may have it. A backend that says "engine.absent",
/// or lists no instances at all, has nothing.
Found require_environment(Core& core, const Workspace& workspace, const Selection& selection,
                          std::stop_token stop);

/// Whether there is no instance among those that answered, but who did not answer may have one. The
/// reference knows one engine, and its drop-in asks no further.
bool may_be_elsewhere(const Core& core, const Found& found);

/// The names of those and why they do not answer, each on a line of its own.
std::string silence_text(const Found& found);

/// What is thrown without an instance: "not found" is said only when it cannot be elsewhere.
Error missing_environment(const Core& core, const Found& found);

/// Whether the plugin's backends can run such configurations; for none: whether they list
/// instances.
bool runs(const PluginManifest& manifest, Scenario scenario);

/// Whether the plugin's backends are asked what there is: instances of a group are found by whoever
/// runs single ones, so asking one that runs groups alone would find no more.
bool lists_instances(const PluginManifest& manifest);

/// Whether the instance carries all of these.
bool has_labels(const InstanceInfo& instance,
                const std::vector<std::pair<std::string, std::string>>& labels);

/// Whether the instance is of this identity: it carries all id labels, or all but the machine's and
/// none of another machine.
bool has_identity(const InstanceInfo& instance, const Identity& identity);

/// The backend `name`, told to work on the engine `engine` when it is one that works on others'.
std::shared_ptr<Backend> backend_on(Core& core, const std::string& name, const std::string& engine,
                                    const Settings& settings);

/// The names that `settings` lets us try for `scenario`.
std::vector<std::string> backend_candidates(Core& core, const Settings& settings,
                                            Scenario scenario);

}  // namespace fairlead
