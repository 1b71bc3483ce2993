#include "engine/allowed.hpp"
#include "engine/capabilities.hpp"
#include "engine/change.hpp"
#include "engine/content.hpp"
#include "engine/creation_words.hpp"
#include "engine/deadlines.hpp"
#include "engine/description.hpp"
#include "engine/during.hpp"
#include "engine/enter_cache.hpp"
#include "engine/find.hpp"
#include "engine/hook_stage.hpp"
#include "engine/in_place.hpp"
#include "engine/in_place_update.hpp"
#include "engine/instance.hpp"
#include "engine/own_process.hpp"
#include "engine/relay_mount.hpp"
#include "engine/remote_folder.hpp"
#include "engine/requirements.hpp"
#include "engine/rest.hpp"
#include "engine/session.hpp"
#include "engine/snapshot.hpp"
#include "engine/sync_folder.hpp"
#include "engine/the_host.hpp"
#include "engine/trust.hpp"
#include "engine/user_ids.hpp"
#include "engine/wishes.hpp"
#include "engine/workspace_lock.hpp"
#include "spec/mount.hpp"

#include <fairlead/discovery.hpp>

#include <chrono>
#include <thread>
#include <utility>

namespace fairlead {
namespace {

constexpr int most_attempts = 25;
constexpr std::chrono::milliseconds attempt_interval{200};

constexpr const char* default_description = "An error occurred setting up the container.";

Workspace read(Core& core, const UpRequest& request, const std::stop_token& stop) {
  if (!request.selection.config.empty()) require_standard_file_name(request.selection.config);
  auto workspace = open_workspace(core, request.selection, stop);
  if (!workspace.document) {
    throw Error(Status::invalid, "up.no_workspace",
                "No dev container config and no workspace found.",
                "Give --workspace-folder, or run this in a project's folder.");
  }
  workspace = on_allowed_host(core, std::move(workspace), request.selection, stop);
  if (!is_the_host(core, workspace.settings)) require_source(*workspace.document, workspace.config);
  return with_devcontainer_id(std::move(workspace));
}

void remove_existing(Core& core, const Found& found, const InstanceInfo& instance,
                     std::stop_token stop) {
  const LogStep step(core.log(), "Removing Existing Container");
  cancel_rest(core, environment_key(found.backend->name(), instance), /*forget=*/true);
  found.backend->remove({.id = instance.id, .force = true}, change(std::move(stop)));
  forget_environment(core, found.backend->name(), instance.id);
}

/// Every root of a .code-workspace file has a mount of its own (CFG-010).
void add_root_mounts(const Core& core, const Selection& selection, const Workspace& workspace,
                     const ProbeReply& probe, CreateRequest& create) {
  if (!probe.capabilities.live_binds) return;
  ReadOptions options;
  options.workspace_folder = selection.workspace_folder;
  options.working_directory = core.options().working_directory;
  options.mode = core.mode();
  for (const auto& text : root_mounts(options, workspace.document->workspace)) {
    create.mounts.push_back(parse_mount(text));
  }
}

/// Whether the environment has to be made anew because its configuration is another one by now;
/// otherwise that is said (VSC-003). The drop-in does neither.
bool outdated(const Core& core, const UpRequest& request, const Workspace& workspace,
              const Found& found) {
  if (core.mode() == Mode::drop_in || request.remove_existing) return false;
  auto difference = configuration_change(workspace, *found.instance);
  if (has_features_inside(*found.instance)) {  // they are brought up to date there
    std::erase(difference.properties, "features");
    std::erase(difference.properties, "overrideFeatureInstallOrder");
  }
  if (!difference.any()) return false;
  if (request.rebuild_if_changed && !difference.newer_file) {
    core.log().text(LogLevel::info, "The configuration has changed: " + difference.text() + '.');
    return true;
  }
  core.log().text(LogLevel::warning,
                  "The configuration has changed since the container was made (" +
                      difference.text() + "); `fairlead rebuild` applies it.");
  return false;
}

/// What must not stay: the caller wants a new one, or the engine could not finish the old one. By
/// our own name the old one goes only when the image of the new one is there (VSC-004).
void clear_the_way(Core& core, const UpRequest& request, const Workspace& workspace, Found& found,
                   const std::stop_token& stop) {
  const bool replaced =
      found.instance && (request.remove_existing || outdated(core, request, workspace, found));
  const bool dead = found.instance && found.instance->state == InstanceState::dead;
  if (dead || (replaced && core.mode() == Mode::drop_in)) {
    remove_existing(core, found, *found.instance, stop);
    found.instance.reset();
  } else if (replaced) {
    found.outdated = std::exchange(found.instance, std::nullopt);
  }
  if (!found.instance && request.expect_existing) {
    throw OperationError(
        Error(Status::not_found, "environment.not_found", "The expected container does not exist."),
        "The expected container does not exist.");
  }
}

/// Where nobody answers there may be an environment of this workspace already.
void warn_of_another(const Core& core, const Found& found) {
  if (!may_be_elsewhere(core, found)) return;
  core.log().text(
      LogLevel::warning,
      "A new container is made on " + found.backend->name() +
          ". These do not answer, and may have one of this workspace:" + silence_text(found));
}

ProbeReply probe(Core& core, const UpRequest& request, const Workspace& workspace,
                 const Found& found, std::vector<std::string>& told, std::stop_token stop) {
  const auto& config = workspace.config;
  // Of an image with features it is known later whether anything is to be built.
  const bool features = !config.features.empty() || !request.build.additional_features.empty();
  const bool builds =
      config.scenario == Scenario::dockerfile || (config.scenario == Scenario::compose && features);
  const bool gpu = config.host_requirements.gpu && request.gpu == GpuAvailability::detect;
  auto reply = found.backend->probe({.builder = builds, .gpu = gpu}, question(stop));
  require_folder_there(core, workspace, found.backend->name());
  // What is here cannot be bound there: the workspace is copied, other binds are refused.
  if (!workspace.remote && !workspace.synced && workspace.settings.text("host") != "local") {
    reply.capabilities.live_binds = false;
  }
  auto needs = needs_of(config, reply.capabilities,
                        installs_in_place(workspace.settings, reply.capabilities));
  if (const auto& content = workspace.settings.text("content");
      content == "bind" || (content == "sync" && !is_the_host(core, workspace.settings))) {
    needs.push_back({"content = " + content, "live_binds", reply.capabilities.live_binds});
  }
  require_capabilities(needs, found.backend->name(), workspace.document->config_file);
  const bool no_gpu = misses_gpu(config.host_requirements, request.gpu, reply, core.mode());
  check_host(core, workspace, config.host_requirements, no_gpu, told, std::move(stop));
  return reply;
}

std::vector<std::string> wishes_of(Core& core, const Workspace& workspace, const Found& found) {
  auto wishes = configuration_wishes(workspace);
  if (const auto wish = wish_of_host(core, workspace); !wish.empty()) wishes.push_back(wish);
  if (found.group) {
    const auto& more = found.group->resolved.wishes;
    wishes.insert(wishes.end(), more.begin(), more.end());
  }
  return wishes;
}

/// Whether the environment works on the workspace's copy on the host.
bool uses_copy(Core& core, const Workspace& workspace, const Capabilities& capabilities) {
  return workspace.synced &&
         (is_the_host(core, workspace.settings) || binds_content(workspace.settings, capabilities));
}

/// The same of one that is there; it has to be this machine's copy.
void bring_copy(Core& core, const Workspace& workspace, const Found& found,
                const std::stop_token& stop) {
  if (!workspace.synced || !found.instance) return;
  const auto label = found.instance->labels.find(synced_folder_key);
  if (label == found.instance->labels.end()) return;
  if (label->second != workspace.synced->there) {
    throw Error(Status::conflict, "sync.other_copy",
                "The environment on " + workspace.synced->host + " works on " + label->second +
                    ", and this machine's copy of " + workspace.synced->here + " is in " +
                    workspace.synced->there + '.',
                "To share that one, say --remote-workspace-folder " + label->second +
                    "; `fairlead down` makes room for an environment of this machine's own.");
  }
  during("synchronising the workspace", [&] { bring_folder_there(core, workspace, stop); });
  if (workspace.settings.text("initialize_on") == "host")
    run_initialize_command(core, workspace, stop);
}

CreatedInstance make(Core& core, const UpRequest& request, const Workspace& workspace,
                     const Found& found, const std::stop_token& stop) {
  std::vector<std::string> told;
  const auto abilities = during("asking the backend what it can do",
                                [&] { return probe(core, request, workspace, found, told, stop); });
  auto image = during("preparing the image", [&] {
    return prepare_image(core, workspace, request.build, found.backend, abilities, stop,
                         found.group ? &*found.group : nullptr);
  });
  const auto merged = merge(*workspace.document, image.entries, faulty_values(core.mode()));
  require_capabilities(needs_of(merged, abilities.capabilities), found.backend->name(),
                       workspace.document->config_file);
  // Of image and features nothing was known before; what was allowed already is not asked again.
  require_trust(core, workspace, container_wishes(merged, workspace.document->workspace), stop);
  check_host(core, workspace, merged.host_requirements, false, told, stop);
  const auto ids = during("updating the user's ids", [&] {
    if (is_the_host(core, workspace.settings)) return std::optional<WantedIds>{};  // they are right
    return update_user_ids(core, workspace, merged, request.update_user_id, found.backend,
                           abilities, image, stop);
  });
  const bool copy = uses_copy(core, workspace, abilities.capabilities);
  if (copy) {
    during("synchronising the workspace", [&] { bring_folder_there(core, workspace, stop); });
    if (workspace.settings.text("initialize_on") == "host")
      run_initialize_command(core, workspace, stop);
  }
  auto made = with_creation_words(core, workspace, merged, image, request, [&] {
    auto create = create_request(workspace, merged, image, request, abilities);
    if (core.mode() == Mode::fairlead)
      create.labels[configuration_key] = configuration_record(workspace);
    if (is_the_host(core, workspace.settings)) create.labels[environment_kind_key] = "host";
    if (copy) create.labels[synced_folder_key] = workspace.synced->there;
    if (!found.group) add_root_mounts(core, request.selection, workspace, abilities, create);
    if (image.in_place) prepare_for_in_place(*image.in_place, create);
    return during("creating the container", [&] {
      if (found.outdated) remove_existing(core, found, *found.outdated, stop);
      return create_with_relay(core, workspace, std::move(create), abilities, found, stop);
    });
  });
  made.wanted_ids = ids;
  if (made.created) made.in_place = image.in_place;
  return made;
}

CreatedInstance resume(Core& core, const Found& found, const std::stop_token& stop) {
  auto instance = *found.instance;
  // An engine's list may be a moment behind, and since it was looked for a question may have been
  // answered and a command run on the host; what inspect says now counts.
  if (instance.state == InstanceState::running) {
    instance = found.backend->inspect({.id = instance.id}, question(stop));
  }
  if (instance.state != InstanceState::running) {
    instance = during("starting the container", [&] {
      return restart_instance(core, instance, found.backend, stop,
                              found.group ? std::optional(found.group->group) : std::nullopt);
    });
  }
  return {.instance = std::move(instance), .created = false};
}

/// Seen a moment ago, and not to be used any more: an engine takes back what an interrupted request
/// has made, and goes on with a removal whose client has left.
bool vanishes(const Error& error) {
  return error.code() == "instance.not_found" || error.code() == "instance.removing";
}

/// A running instance, whatever it takes: what vanishes under our hands is looked for once more.
CreatedInstance bring_about(Core& core, const UpRequest& request, const Workspace& workspace,
                            Found& found, const std::stop_token& stop) {
  for (int attempt = 1;; ++attempt) {
    try {
      return found.instance ? resume(core, found, stop)
                            : make(core, request, workspace, found, stop);
    } catch (const Error& error) {
      if (!vanishes(error) || attempt == most_attempts) throw;
    }
    std::this_thread::sleep_for(attempt_interval);
    found = find_environment(core, workspace, request.selection, stop, LookFor::group);
  }
}

/// How the content of a workspace with a host got there; empty: the host is this machine.
std::string content_of(const Workspace& workspace, const InstanceInfo& instance) {
  if (workspace.remote) return workspace.cloned ? "clone" : "folder";
  if (instance.labels.contains(synced_folder_key)) return "synchronised";
  return workspace.settings.text("host") == "local" ? "" : "copy";
}

std::string place_of(const Workspace& workspace, const InstanceInfo& instance) {
  if (workspace.remote) return workspace.remote->place().text();
  if (workspace.synced && instance.labels.contains(synced_folder_key))
    return workspace.synced->host + workspace.synced->there;
  return {};
}

UpResult report(const Core& core, const Workspace& workspace, const Backend& backend,
                const CreatedInstance& made) {
  const auto& instance = made.instance;
  const auto merged = merged_for_instance(core, workspace, instance);
  const auto document =
      substitute_container_env(*workspace.document, container_environment(instance));
  return {.container_id = instance.id,
          .backend = backend.name(),
          .name = instance.name,
          .image = instance.image,
          .group = instance.group,
          .remote_user = remote_user_of(merged, instance),
          .remote_workspace_folder = document.workspace.container_folder,
          .configuration = configuration_json(document),
          .merged_configuration = merged_configuration_json(merged),
          .forward_ports = merged.forward_ports,
          .created = made.created,
          .rest = {},
          .rest_log = {},
          .content = content_of(workspace, instance),
          .content_place = place_of(workspace, instance)};
}

/// From here on failures carry the container's id.
UpResult enter_and_report(Core& core, const UpRequest& request, const Workspace& workspace,
                          const Found& found, const CreatedInstance& made,
                          const std::stop_token& stop) {
  try {
    auto rest = during("running the lifecycle commands",
                       [&] { return run_hook_stage(core, request, workspace, found, made, stop); });
    auto result = report(core, workspace, *found.backend, made);
    result.rest = std::move(rest.lock);
    result.rest_log = std::move(rest.log);
    return result;
  } catch (const OperationError&) {
    throw;
  } catch (const Error& error) {
    throw OperationError(error, default_description, made.instance.id);
  }
}

/// What comes after the start, and whether the instance has survived it.
UpResult made_ready(Core& core, const UpRequest& request, const Workspace& workspace,
                    const Found& found, CreatedInstance& made, const OwnProcess& own_process,
                    const std::stop_token& stop) {
  try {
    during("installing features",
           [&] { update_in_place(core, request, workspace, found, made, stop); });
    during("copying the workspace",
           [&] { copy_content(core, workspace, *found.backend, made.instance, stop); });
    auto result = enter_and_report(core, request, workspace, found, made, stop);
    own_process.watch(stop);
    return result;
  } catch (const Error& error) {
    own_process.look_behind(error, stop);
    throw;
  }
}

void require_prebuild(const UpRequest& request) {
  if (request.snapshot_names.empty() || request.lifecycle.prebuild) return;
  throw Error(Status::invalid, "build.options", "--image-name of `up` needs --prebuild.",
              "`fairlead build --image-name` names the image without running anything.");
}

void keep_snapshot(Core& core, const UpRequest& request, const Workspace& workspace,
                   const Found& found, const CreatedInstance& made, const std::stop_token& stop) {
  if (request.snapshot_names.empty()) return;
  if (!made.created) {
    core.log().text(LogLevel::warning,
                    "The container was there before: whatever was done in it is in the image, too. "
                    "--remove-existing-container makes a new one first.");
  }
  during("keeping the container as an image", [&] {
    keep_as_image(core, workspace, *found.backend, made.instance, request.snapshot_names,
                  request.build, stop);
  });
}

}  // namespace

UpResult up(Core& core, const UpRequest& asked, std::stop_token stop) {
  try {
    require_prebuild(asked);
    auto request = asked;
    request.selection = fetch_workspace(core, asked.selection, stop);
    const auto workspace = read(core, request, stop);
    const auto lock = during("waiting for the workspace",
                             [&] { return lock_workspace(core, workspace.identity, "up", stop); });
    auto found = during("looking for the container", [&] {
      return find_environment(core, workspace, request.selection, stop, LookFor::group);
    });
    clear_the_way(core, request, workspace, found, stop);
    warn_of_another(core, found);
    if (core.mode() == Mode::drop_in)
      require_allowed_features(core, request, workspace, found, stop);
    require_trust(core, workspace, wishes_of(core, workspace, found), stop);
    const bool first = !workspace.synced || workspace.settings.text("initialize_on") != "host";
    if (first) run_initialize_command(core, workspace, stop);
    bring_copy(core, workspace, found, stop);
    const bool running = found.instance && found.instance->state == InstanceState::running;
    const auto began = OwnProcess::Clock::now();
    auto made = bring_about(core, request, workspace, found, stop);
    const OwnProcess own_process(core, workspace, found, made, running, began);
    auto result = made_ready(core, request, workspace, found, made, own_process, stop);
    keep_snapshot(core, request, workspace, found, made, stop);
    return result;
  } catch (const OperationError&) {
    throw;
  } catch (const Error& error) {
    throw OperationError(error, description_of(error, default_description));
  }
}

}  // namespace fairlead
