#pragma once

#include "engine/enter.hpp"

#include <functional>
#include <memory>

namespace fairlead {

struct Workspace;

/// A running instance with everything that a process in it needs.
struct Session {
  std::shared_ptr<Backend> backend;
  InstanceInfo instance;
  MergedConfig merged;
  Inside inside;
  ProcessEnvironment environment;
  Environment secrets;  ///< of the lifecycle commands and the dotfiles
  std::string content;  ///< the commit that the workspace has checked out; empty: unknown
  std::string working_directory;
  std::string data_folder;                  ///< of the markers
  std::shared_ptr<const SourceMap> source;  ///< of devcontainer.json; null: unknown
  std::function<void()> before_hook =
      {};  ///< called before each hook and the dotfiles; may be empty
};

/// Where `up` stopped, in the reference's words.
enum class HooksResult { done, prebuild, skip_non_blocking, stop_for_personalization };

/// What runs in a container when it is up, in order; `dotfiles` stands behind post_create.
struct Work {
  std::vector<Hook> hooks;
  bool dotfiles = false;
  bool empty() const { return hooks.empty() && !dotfiles; }
};

/// What `options` leave, only what there are commands for; in drop-in mode also hooks without one,
/// which are marked all the same (LIFE-007). Pure. LIFE-017..020.
Work wanted_work(const MergedConfig& merged, const LifecycleOptions& options);

/// Whether there is more to `work` than marking what it passes. Pure.
bool has_commands(const MergedConfig& merged, const Work& work);

/// The marker files of `work`'s hooks, name and text. Pure.
std::vector<std::pair<std::string, std::string>> markers_of(const Work& work,
                                                            const InstanceInfo& instance);

/// The part of `work` that has not been done in this container, or start of it. LIFE-003..007.
Work due_work(const Session& session, const Work& work, const LifecycleOptions& options);

/// The part of `work` that the user does not wait for. LIFE-017.
Work after_wait_for(const MergedConfig& merged, const Work& work);
Work up_to_wait_for(const MergedConfig& merged, const Work& work);

/// Runs `work` in order: each hook at most once per container (markers), postStart per start,
/// postAttach always. Stops at the first failure. LIFE-001..016, 018..020, 023, 027, 029.
/// Throws OperationError "hook.failed".
void run_work(Core& core, const Session& session, const Work& work, const LifecycleOptions& options,
              std::stop_token stop);

/// Where `options` make it stop. Pure.
HooksResult result_of(const MergedConfig& merged, const LifecycleOptions& options);

/// Where the markers of this session's user are.
std::string markers_folder(const Session& session);

/// Runs initializeCommand where the workspace folder is: on the user's machine or on a host.
/// LIFE-002. Throws OperationError "hook.failed".
void run_initialize_command(Core& core, const Workspace& workspace, std::stop_token stop);

/// The property's name ("postCreateCommand").
std::string hook_name(Hook hook);

}  // namespace fairlead
