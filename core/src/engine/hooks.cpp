#include "engine/hooks.hpp"

#include "base/jsonc.hpp"
#include "engine/commands.hpp"
#include "engine/dotfiles.hpp"
#include "engine/run.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <memory>
#include <utility>
#include <variant>

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

/// Whether the user does not wait for `hook`.
bool is_behind(Hook hook, WaitFor wait_for) {
  // WaitFor counts initializeCommand first, so hook n waits at n + 1.
  return static_cast<int>(hook) + 1 > static_cast<int>(wait_for);
}

WaitFor wait_for_of(const MergedConfig& merged) {
  return merged.wait_for.value_or(WaitFor::update_content);
}

/// The time that makes a hook due once per container or once per start.
const std::string& occasion(const InstanceInfo& instance, Hook hook) {
  return hook == Hook::post_start ? instance.started : instance.created;
}

/// Another commit is checked out than the last time; the reference knows no content.
bool has_new_content(const Session& session) {
  const auto& before = session.inside.content;
  return !before.empty() && !session.content.empty() && before != session.content;
}

/// A missing marker is due, one with another time too; an empty one never (reference).
bool due(const Session& session, Hook hook) {
  if (info_of(hook).marker == nullptr) return true;
  if (hook == Hook::update_content && has_new_content(session)) return true;
  const auto marker = session.inside.markers.find(hook);
  if (marker == session.inside.markers.end()) return true;
  return !marker->second.empty() && marker->second != occasion(session.instance, hook);
}

/// $1 folder, then pairs of a marker's name and text.
constexpr const char* marker_script = R"sh(
folder=$1; shift
mkdir -p "$folder" || exit 1
while [ $# -gt 1 ]; do printf '%s\n' "$2" >"$folder/$1" || exit 1; shift 2; done
)sh";

/// As above and then the command: $1 "must" or "may", $2 folder, $3 number of pairs, the pairs, the
/// command's words. It becomes the command, whose environment may lack PATH and must not gain a
/// variable. With "must" what cannot be marked is not run.
constexpr const char* marked_command_script = R"sh(
(
  folder=$2 pairs=$3
  shift 3
  [ -d "$folder" ] || PATH=$PATH:/usr/bin:/bin mkdir -p "$folder" || exit 1
  while [ "$pairs" -gt 0 ]; do
    printf '%s\n' "$2" >"$folder/$1" || exit 1
    shift 2
    pairs=$((pairs - 1))
  done
) 2>/dev/null || [ "$1" = may ] || exit 0
shift $((3 + 2 * $3))
exec "$@"
)sh";

/// The reference runs nothing that it could not mark as run; ours marks what has run.
bool marks_first(Mode mode) { return mode == Mode::drop_in; }

using MarkerFiles = std::vector<std::pair<std::string, std::string>>;

/// Name and text of what marks `hooks` as run.
MarkerFiles marker_files(const Session& session, const std::vector<Hook>& hooks) {
  auto files = markers_of({.hooks = hooks}, session.instance);
  if (std::ranges::find(hooks, Hook::update_content) != hooks.end() && !session.content.empty()) {
    files.emplace_back(".updateContentCommandContent", session.content);
  }
  return files;
}

void append(std::vector<std::string>& words, const MarkerFiles& files) {
  for (const auto& [file, text] : files) words.insert(words.end(), {file, text});
}

/// False: they could not be written.
bool write_markers(const Session& session, const std::vector<Hook>& hooks, std::stop_token stop) {
  const auto files = marker_files(session, hooks);
  if (files.empty()) return true;
  std::vector<std::string> words{"/bin/sh", "-c", marker_script, "sh", markers_folder(session)};
  append(words, files);
  return run_captured(*session.backend,
                      {.instance = session.instance.id,
                       .argv = std::move(words),
                       .user = session.inside.user},
                      std::move(stop))
             .exit_code == 0;
}

bool has_commands(const MergedConfig& merged, Hook hook) {
  const auto commands = merged.hooks.find(hook);
  return commands != merged.hooks.end() && !commands->second.empty();
}

/// What is marked before a hook runs, and whether it runs only then.
struct Marking {
  std::vector<Hook> hooks;
  bool must = false;
};

/// What has no mark of its own, the reference runs whatever became of the others'.
bool must_be_marked(Mode mode, Hook hook) {
  return marks_first(mode) && info_of(hook).marker != nullptr;
}

/// What `argv` is when it marks `hooks` first.
std::vector<std::string> marking(const Session& session, const Marking& marks,
                                 std::vector<std::string> argv) {
  const auto files = marker_files(session, marks.hooks);
  if (files.empty()) return argv;
  std::vector<std::string> words{"/bin/sh",
                                 "-c",
                                 marked_command_script,
                                 "sh",
                                 marks.must ? "must" : "may",
                                 markers_folder(session),
                                 std::to_string(files.size())};
  append(words, files);
  words.insert(words.end(), argv.begin(), argv.end());
  return words;
}

/// `marks` are written by the first command itself.
CommandRunner runner_inside(const Session& session, Marking marks, std::stop_token stop) {
  // An object's commands call it side by side.
  return [&session, marks = std::move(marks), begun = std::make_shared<std::atomic_flag>(),
          stop = std::move(stop)](const std::vector<std::string>& argv, const OutputSink& output) {
    const auto mine = begun->test_and_set() ? Marking() : marks;
    return run_streamed(*session.backend,
                        {.instance = session.instance.id,
                         .argv = marking(session, mine, with_unset(session.environment, argv)),
                         .env = session.environment.set,
                         .secrets = session.secrets,
                         .user = session.inside.user,
                         .working_directory = session.working_directory},
                        output, stop);
  };
}

HookTitle title_of(const Session& session, Hook hook, const HookCommand& command) {
  HookTitle title{.hook = hook_name(hook), .origin = command.origin};
  if (session.source && command.origin == "devcontainer.json") {
    title.where = session.source->locate({'/' + title.hook}, /*names=*/true).front();
  }
  return title;
}

/// A shell's command can mark for itself; words have to be the program that the engine starts, so
/// that it says what it says of one that is not there, and an object's commands run side by side.
bool can_mark(const HookCommand& command) {
  const auto& [object_form, commands] = command.command;
  return !object_form && std::holds_alternative<std::string>(commands.front().line);
}

void mark_after_all(const Session& session, const std::vector<Hook>& marks, std::stop_token stop) {
  try {
    write_markers(session, marks, std::move(stop));
  } catch (const Error&) {
    return;  // what failed before it is what matters
  }
}

/// `marks`: what is to be marked before the commands run. Returns whether they ran to their end.
bool run_hook(Core& core, const Session& session, Hook hook, std::vector<Hook> marks,
              const std::stop_token& stop) {
  const auto& commands = session.merged.hooks.at(hook);
  const bool must = must_be_marked(core.mode(), hook);
  const bool apart =
      !can_mark(commands.front()) || (marks_first(core.mode()) && commands.size() > 1);
  if (apart && !write_markers(session, std::exchange(marks, {}), stop) && must) return false;
  const auto run = runner_inside(session, {.hooks = marks, .must = must}, stop);
  bool whole = true;
  for (const auto& command : commands) {
    try {
      whole = run_lifecycle_command(core, title_of(session, hook, command), command.command, run) &&
              whole;
    } catch (const HookFailure& error) {
      // Where not even the shell could start (no such folder) nothing is marked yet.
      mark_after_all(session, marks, stop);
      throw HookFailure(OperationError(error, error.description(), session.instance.id),
                        error.status());
    }
  }
  return whole;
}

template <class Keep>
Work part_of(const Work& work, const Keep& keep) {
  Work part;
  std::ranges::copy_if(work.hooks, std::back_inserter(part.hooks), keep);
  return part;
}

}  // namespace

std::string hook_name(Hook hook) { return info_of(hook).property; }

std::string markers_folder(const Session& session) {
  const auto& home = session.inside.home;
  if (session.data_folder.empty()) return home + "/.devcontainer";
  return session.data_folder.starts_with('/') ? session.data_folder
                                              : home + '/' + session.data_folder;
}

Work wanted_work(const MergedConfig& merged, const LifecycleOptions& options) {
  Work work;
  if (options.skip_all) return work;
  const auto stops_at = [&](Hook hook) {
    return (options.prebuild && hook > Hook::update_content) ||
           (options.skip_non_blocking && is_behind(hook, wait_for_of(merged))) ||
           (options.stop_for_personalization && hook > Hook::post_create) ||
           (options.skip_post_attach && hook == Hook::post_attach);
  };
  // The reference marks what it has passed, also without a command there.
  const bool marks_all = merged.mode == Mode::drop_in;
  for (const auto& [hook, property, marker] : all_hooks) {
    if (stops_at(hook)) break;
    const bool marked = marks_all && marker != nullptr;
    if (marked || has_commands(merged, hook)) work.hooks.push_back(hook);
  }
  const bool behind_post_create =
      options.skip_non_blocking && is_behind(Hook::post_start, wait_for_of(merged));
  work.dotfiles = !options.dotfiles.repository.empty() && !options.prebuild && !behind_post_create;
  return work;
}

bool has_commands(const MergedConfig& merged, const Work& work) {
  return work.dotfiles ||
         std::ranges::any_of(work.hooks, [&](Hook hook) { return has_commands(merged, hook); });
}

std::vector<std::pair<std::string, std::string>> markers_of(const Work& work,
                                                            const InstanceInfo& instance) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto hook : work.hooks) {
    const auto* file = info_of(hook).marker;
    if (file != nullptr) files.emplace_back(file, occasion(instance, hook));
  }
  return files;
}

Work due_work(const Session& session, const Work& work, const LifecycleOptions& options) {
  auto rest = part_of(work, [&](Hook hook) {
    const bool again = options.prebuild && hook == Hook::update_content;
    return again || due(session, hook);
  });
  rest.dotfiles = work.dotfiles && !session.inside.dotfiles_installed;
  return rest;
}

Work up_to_wait_for(const MergedConfig& merged, const Work& work) {
  auto part = part_of(work, [&](Hook hook) { return !is_behind(hook, wait_for_of(merged)); });
  // They come before postStartCommand.
  part.dotfiles = work.dotfiles && !is_behind(Hook::post_start, wait_for_of(merged));
  return part;
}

Work after_wait_for(const MergedConfig& merged, const Work& work) {
  auto part = part_of(work, [&](Hook hook) { return is_behind(hook, wait_for_of(merged)); });
  part.dotfiles = work.dotfiles && is_behind(Hook::post_start, wait_for_of(merged));
  return part;
}

void run_work(Core& core, const Session& session, const Work& work, const LifecycleOptions& options,
              std::stop_token stop) {
  bool dotfiles = work.dotfiles;
  // Written with the next command, so that they cost no exec of their own: the reference's before
  // their commands, ours after them, so that what failed runs again.
  std::vector<Hook> marks;
  const auto personalize = [&] {
    if (!std::exchange(dotfiles, false)) return;
    write_markers(session, std::exchange(marks, {}), stop);
    if (session.before_hook) session.before_hook();
    install_dotfiles(core, session, options.dotfiles, stop);
  };
  for (const auto hook : work.hooks) {
    if (hook > Hook::post_create) personalize();
    const bool first = marks_first(core.mode());
    if (first) marks.push_back(hook);
    if (!has_commands(session.merged, hook)) continue;
    if (session.before_hook) session.before_hook();
    const bool whole = run_hook(core, session, hook, std::exchange(marks, {}), stop);
    if (!first && whole) marks.push_back(hook);
  }
  personalize();
  write_markers(session, marks, stop);
}

HooksResult result_of(const MergedConfig& merged, const LifecycleOptions& options) {
  const auto wait_for = wait_for_of(merged);
  if (options.skip_non_blocking && wait_for <= WaitFor::update_content) {
    return HooksResult::skip_non_blocking;
  }
  if (options.prebuild) return HooksResult::prebuild;
  if (options.skip_non_blocking && wait_for == WaitFor::post_create) {
    return HooksResult::skip_non_blocking;
  }
  if (options.stop_for_personalization) return HooksResult::stop_for_personalization;
  return options.skip_non_blocking ? HooksResult::skip_non_blocking : HooksResult::done;
}

}  // namespace fairlead
