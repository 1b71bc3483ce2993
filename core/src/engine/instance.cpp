#include "engine/instance.hpp"

#include "engine/call_log.hpp"
#include "engine/content.hpp"
#include "engine/deadlines.hpp"
#include "engine/find.hpp"
#include "engine/relay_mount.hpp"
#include "spec/mount.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <thread>
#include <utility>

namespace fairlead {
namespace {

constexpr const char* setup_failed = "An error occurred setting up the container.";

void add_mount(CreateRequest& create, const Mount& mount) {
  std::erase_if(create.mounts, [&](const Mount& m) { return m.target == mount.target; });
  create.mounts.push_back(mount);
}

void add_workspace_mounts(CreateRequest& create, const Workspace& workspace,
                          const ProbeReply& probe) {
  if (!workspace.document) return;
  const auto& paths = workspace.document->workspace;
  if (paths.mount && !paths.mount->empty()) {
    add_workspace(workspace, probe.capabilities, create);
  }
  if (paths.additional_mount && !paths.additional_mount->empty() &&
      binds_content(workspace.settings, probe.capabilities)) {
    add_mount(create, parse_mount(*paths.additional_mount));
  }
}

/// `appPort` in docker's own words: a number publishes on loopback only (CFG-073).
void add_app_ports(CreateRequest& create, const std::vector<AppPort>& ports) {
  for (const auto& port : ports) {
    create.run_args.emplace_back("-p");
    const auto number = std::to_string(port.number);
    create.run_args.push_back(port.number > 0 ? "127.0.0.1:" + number + ':' + number : port.text);
  }
}

/// The image's own process runs behind the keep-alive loop's entry (edge case 63).
std::vector<std::string> image_process(const ImageInfo& info) {
  auto words = info.entrypoint;
  words.insert(words.end(), info.command.begin(), info.command.end());
  return words;
}

/// What the service runs goes on behind the keep-alive loop's entry, unless it is to be left out:
/// an entry point in its files hides the image's command. CMP-005, 006.
void add_service_process(CreateRequest& create, const MergedConfig& merged,
                         const ImageResult& image) {
  const auto& said = image.group->resolved;
  const bool own = merged.override_command.value_or(false);
  const auto info = image.info.value_or(ImageInfo{});
  create.entrypoint = {"/bin/sh", "-c", service_script(merged), "-"};
  const auto entry = own ? std::vector<std::string>{} : said.entrypoint.value_or(info.entrypoint);
  create.entrypoint->insert(create.entrypoint->end(), entry.begin(), entry.end());
  if (own) {
    create.command = std::vector<std::string>{};
  } else if (!said.command) {
    create.command = said.entrypoint ? std::vector<std::string>{} : info.command;
  }
}

void add_process(CreateRequest& create, const MergedConfig& merged, const ImageResult& image) {
  const bool keep_image_process = merged.override_command == false;
  // Where the image's own process is not known before it runs, leaving it alone is the only way to
  // keep it.
  if (keep_image_process && !image.info) return;
  create.entrypoint = {"/bin/sh"};
  create.command = {"-c", keep_alive_script(merged.entrypoints), "-"};
  if (!keep_image_process) return;
  const auto words = image_process(*image.info);
  create.command->insert(create.command->end(), words.begin(), words.end());
}

/// The files of the group say the rest: workspace, ports and arguments are theirs. CMP-004, 018.
void add_to_group(CreateRequest& create, const MergedConfig& merged, const ImageResult& image) {
  create.name.clear();
  if (image.image == image.group->resolved.image) create.image.clear();
  add_service_process(create, merged, image);
  create.group = image.group->group;
}

bool wants_gpu(const HostRequirements& requirements, GpuAvailability availability,
               const ProbeReply& probe) {
  if (!requirements.gpu || availability == GpuAvailability::none) return false;
  return availability == GpuAvailability::all || probe.gpu_runtime;
}

OperationError service_failure(const Error& error, const std::string& id) {
  const bool ours = error.code() == "group.start";
  return {error, ours ? "An error occurred starting Docker Compose up." : setup_failed, id};
}

/// An engine reserves a name a moment before it shows the container that has it.
constexpr std::chrono::seconds appearance_limit{10};
constexpr std::chrono::milliseconds appearance_interval{50};

std::optional<InstanceInfo> holder_of(const std::string& name, Backend& backend,
                                      const std::stop_token& stop) {
  const auto end = std::chrono::steady_clock::now() + appearance_limit;
  for (;;) {
    try {
      return backend.inspect({.id = name}, question(stop));
    } catch (const Error& error) {
      if (error.status() != Status::not_found) throw;
    }
    if (std::chrono::steady_clock::now() >= end) return {};
    std::this_thread::sleep_for(appearance_interval);
  }
}

/// What was made, or the workspace's own container that somebody else made first.
struct Made {
  std::string id;
  std::optional<InstanceInfo> adopted;
};

Made create_or_adopt(const Workspace& workspace, CreateRequest request, Backend& backend,
                     const std::stop_token& stop) {
  try {
    return {.id = backend.create(request, change(stop)).id};
  } catch (const Error& error) {
    if (error.code() != "instance.name_taken") throw;
  }
  auto holder = holder_of(request.name, backend, stop);
  if (holder && has_identity(*holder, workspace.identity)) {
    return {.id = holder->id, .adopted = std::move(holder)};
  }
  request.name.clear();  // taken by something that is not ours
  return {.id = backend.create(request, change(stop)).id};
}

void remove_quietly(Core& core, Backend& backend, const std::string& id) {
  try {
    // Not the caller's stop token: what was made has to go even when the caller is cancelled.
    backend.remove({.id = id, .force = true, .volumes = true},
                   {.timeout = std::chrono::seconds(20)});
  } catch (const Error& error) {
    core.log().text(LogLevel::warning,
                    "The container " + id + " could not be removed again: " + error.message());
  }
}

/// Services may have to be pulled and to become healthy: that takes as long as it takes, and is
/// shown meanwhile.
StartReply start(Core& core, const std::string& id, Backend& backend, const std::stop_token& stop,
                 const std::optional<Group>& group) {
  if (!group) return backend.start({.id = id}, change(stop));
  try {
    return backend.start({.id = id, .group = group}, logged_call(core, stop));
  } catch (const Error& error) {
    throw service_failure(error, id);
  }
}

/// The primary service's instance runs when this returns.
CreatedInstance create_services(Core& core, const CreateRequest& request, Backend& backend,
                                const std::stop_token& stop) {
  const LogStep step(core.log(), "Starting the services");
  try {
    const auto made = backend.create(request, logged_call(core, stop));
    return {.instance = backend.inspect({.id = made.id}, question(stop))};
  } catch (const Error& error) {
    throw service_failure(error, {});
  }
}

}  // namespace

std::string keep_alive_script(const std::vector<std::string>& entrypoints) {
  std::string script = "echo Container started\ntrap \"exit 0\" 15\n";
  const char* separator = "";
  for (const auto& entrypoint : entrypoints) {
    script += std::exchange(separator, "\n") + entrypoint;
  }
  return script + "\nexec \"$@\"\nwhile sleep 1 & wait $!; do :; done";
}

std::string service_script(const MergedConfig& merged) {
  auto script = keep_alive_script(merged.entrypoints);
  if (merged.mode == Mode::fairlead) return script;
  for (auto at = script.find('\n'); at != std::string::npos; at = script.find('\n', at + 1)) {
    script.insert(at + 1, " ");
  }
  return script;
}

std::string instance_name(const Workspace& workspace) {
  const auto& id = workspace.identity.devcontainer_id;
  if (!workspace.document || id.size() < 12) return {};
  auto folder = workspace.document->workspace.local_folder;
  folder = folder.substr(folder.find_last_of('/') + 1);
  std::string name;
  for (const char c : folder) {
    const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (std::isalnum(static_cast<unsigned char>(lower)) != 0)
      name += lower;
    else if (!name.empty() && name.back() != '-')
      name += '-';
  }
  return (name.empty() ? "devcontainer-" : name + '-') + id.substr(id.size() - 12);
}

CreateRequest create_request(const Workspace& workspace, const MergedConfig& merged,
                             const ImageResult& image, const UpRequest& request,
                             const ProbeReply& probe) {
  CreateRequest create{.name = instance_name(workspace), .image = image.image};
  create.env = merged.container_env;
  create.user = merged.container_user;
  create.remote_user = merged.remote_user;
  if (image.group) {
    add_to_group(create, merged, image);
  } else {
    add_process(create, merged, image);
    add_workspace_mounts(create, workspace, probe);
    add_app_ports(create, workspace.config.app_ports);
    create.run_args.insert(create.run_args.end(), workspace.config.run_args.begin(),
                           workspace.config.run_args.end());
  }
  for (const auto& mount : merged.mounts) {
    // Reading lets a faulty mount pass in the drop-in; making a container without it does not.
    add_mount(create, mount.mount.target.empty() ? parse_mount(mount.text) : mount.mount);
  }
  for (const auto& text : request.mounts) add_mount(create, parse_mount(text));
  if (!image.group) {
    for (auto& mount : create.mounts) mount.options.erase(std::string(external_option));
  }
  create.cap_add = merged.cap_add;
  create.security_opt = merged.security_opt;
  create.privileged = merged.privileged.value_or(false);
  create.init = merged.init.value_or(false);
  create.gpu = wants_gpu(workspace.config.host_requirements, request.gpu, probe);
  for (const auto& [key, value] : workspace.identity.id_labels) create.labels[key] = value;
  if (image.label_on_instance)
    create.labels["devcontainer.metadata"] = metadata_label(image.entries);
  return create;
}

InstanceInfo start_instance(Core& core, const InstanceInfo& instance,
                            const std::shared_ptr<Backend>& backend, std::stop_token stop,
                            const std::optional<Group>& group) {
  restore_relay_folder(core, instance);
  const LogStep step(core.log(), "Starting container");
  const auto started = start(core, instance.id, *backend, stop, group);
  return backend->inspect({.id = started.id}, question(stop));
}

InstanceInfo restart_instance(Core& core, const InstanceInfo& instance,
                              const std::shared_ptr<Backend>& backend, std::stop_token stop,
                              const std::optional<Group>& group) {
  try {
    return start_instance(core, instance, backend, std::move(stop), group);
  } catch (const OperationError&) {
    throw;
  } catch (const Error& error) {
    throw OperationError(error, setup_failed, instance.id);
  }
}

CreatedInstance create_and_start(Core& core, const Workspace& workspace, CreateRequest request,
                                 const std::shared_ptr<Backend>& backend, std::stop_token stop) {
  if (request.group) return create_services(core, request, *backend, stop);
  auto made = create_or_adopt(workspace, std::move(request), *backend, stop);
  if (made.adopted) {
    if (made.adopted->state != InstanceState::running) {
      made.adopted = start_instance(core, *made.adopted, backend, stop);
    }
    return {.instance = std::move(*made.adopted), .created = false};
  }
  try {
    auto instance = start_instance(core, {.id = made.id}, backend, stop);
    // The reference shows what the keep-alive script says first (`docker run` is its child).
    if (core.mode() == Mode::drop_in) core.log().raw("Container started\n", LogLevel::info);
    return {.instance = std::move(instance)};
  } catch (const Error& error) {
    if (core.mode() == Mode::drop_in && error.status() != Status::cancelled) {
      // The reference leaves it, and starts it at the next `up`.
      throw OperationError(error, setup_failed, made.id);
    }
    remove_quietly(core, *backend, made.id);
    throw;
  }
}

}  // namespace fairlead
