#include "engine/hooks.hpp"

#include "engine/commands.hpp"
#include "engine/run.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>

namespace fairlead {
namespace {

struct HookInfo {
  Hook hook;
  const char* property;
  const char* marker;  ///< null: runs every time
};

constexpr std::array<HookInfo, 5> all_hooks = {{
    {Hook::on_create, "onCreateCommand", ".onCreateCommandMarker"},
    {Hook::update_content, "updateContentCommand", ".updateContentCommandMarker"},
    {Hook::post_create, "postCreateCommand", ".postCreateCommandMarker"},
    {Hook::post_start, "postStartCommand", ".postStartCommandMarker"},
    {Hook::post_attach, "postAttachCommand", nullptr},
}};

const HookInfo& info_of(Hook hook) { return *std::ranges::find(all_hooks, hook, &HookInfo::hook); }

bool after_wait_for(Hook hook, WaitFor wait_for) {
  // WaitFor counts initializeCommand first, so hook n waits at n + 1.
  return static_cast<int>(hook) + 1 > static_cast<int>(wait_for);
}

/// The time that makes a hook due once per container or once per start.
const std::string& occasion(const InstanceInfo& instance, Hook hook) {
  return hook == Hook::post_start ? instance.started : instance.created;
}

/// A missing marker is due, one with another time too; an empty one never (reference).
bool due(const Session& session, Hook hook) {
  if (info_of(hook).marker == nullptr) return true;
  const auto marker = session.inside.markers.find(hook);
  if (marker == session.inside.markers.end()) return true;
  return !marker->second.empty() && marker->second != occasion(session.instance, hook);
}

/// Written before the commands as the reference does, or after them so that what failed runs again.
/// False: it could not be written.
bool write_marker(const Session& session, Hook hook, std::stop_token stop) {
  const auto* file = info_of(hook).marker;
  if (file == nullptr) return true;
  const auto folder =
      session.data_folder.empty() ? session.inside.home + "/.devcontainer" : session.data_folder;
  return run_captured(
             *session.backend,
             {.instance = session.instance.id,
              .argv = {"/bin/sh", "-c", "mkdir -p \"$1\" && printf '%s\\n' \"$3\" > \"$1/$2\"",
                       "sh", folder, file, occasion(session.instance, hook)},
              .user = session.inside.user},
             std::move(stop))
             .exit_code == 0;
}

CommandRunner runner_inside(const Session& session, std::stop_token stop) {
  return [&session, stop = std::move(stop)](const std::vector<std::string>& argv,
                                            const OutputSink& output) {
    return run_streamed(*session.backend,
                        {.instance = session.instance.id,
                         .argv = with_unset(session.environment, argv),
                         .env = session.environment.set,
                         .user = session.inside.user,
                         .working_directory = session.working_directory},
                        output, stop);
  };
}

void run_hook(Core& core, const Session& session, Hook hook, const std::stop_token& stop) {
  const bool marker_first = core.mode() == Mode::drop_in;
  // The reference runs nothing that it could not mark as run.
  if (marker_first && !write_marker(session, hook, stop)) return;
  const auto run = runner_inside(session, stop);
  for (const auto& command : session.merged.hooks.at(hook)) {
    try {
      run_lifecycle_command(core, {.hook = hook_name(hook), .origin = command.origin},
                            command.command, run);
    } catch (const OperationError& error) {
      throw OperationError(error, error.description(), session.instance.id);
    }
  }
  if (!marker_first) write_marker(session, hook, stop);
}

}  // namespace

std::string hook_name(Hook hook) { return info_of(hook).property; }

std::vector<Hook> wanted_hooks(const MergedConfig& merged, const LifecycleOptions& options) {
  std::vector<Hook> wanted;
  if (options.skip_all) return wanted;
  const auto wait_for = merged.wait_for.value_or(WaitFor::update_content);
  for (const auto& [hook, property, marker] : all_hooks) {
    if (options.prebuild && hook > Hook::update_content) break;
    if (options.skip_non_blocking && after_wait_for(hook, wait_for)) break;
    if (options.stop_for_personalization && hook > Hook::post_create) break;
    if (options.skip_post_attach && hook == Hook::post_attach) break;
    const auto commands = merged.hooks.find(hook);
    if (commands != merged.hooks.end() && !commands->second.empty()) wanted.push_back(hook);
  }
  return wanted;
}

HooksResult run_hooks(Core& core, const Session& session, const LifecycleOptions& options,
                      std::stop_token stop) {
  for (const auto hook : wanted_hooks(session.merged, options)) {
    const bool again = options.prebuild && hook == Hook::update_content;
    if (again || due(session, hook)) run_hook(core, session, hook, stop);
  }
  if (options.prebuild) return HooksResult::prebuild;
  if (options.skip_non_blocking) return HooksResult::skip_non_blocking;
  return options.stop_for_personalization ? HooksResult::stop_for_personalization
                                          : HooksResult::done;
}

}  // namespace fairlead
