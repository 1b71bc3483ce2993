#pragma once

#include "engine/enter.hpp"

#include <memory>

namespace fairlead {

/// A running instance with everything that a process in it needs.
struct Session {
  std::shared_ptr<Backend> backend;
  InstanceInfo instance;
  MergedConfig merged;
  Inside inside;
  ProcessEnvironment environment;
  std::string working_directory;
  std::string data_folder;  ///< of the markers
};

/// Where `up` stopped, in the reference's words.
enum class HooksResult { done, prebuild, skip_non_blocking, stop_for_personalization };

/// Which hooks `options` leaves; in order, only those that have commands. Pure.
std::vector<Hook> wanted_hooks(const MergedConfig& merged, const LifecycleOptions& options);

/// Runs the hooks that are due, in order: each at most once per container (markers), postStart per
/// start, postAttach always. Stops at the first failure. LIFE-001..016, 018, 019, 023, 027, 029.
/// Throws OperationError "hook.failed".
HooksResult run_hooks(Core& core, const Session& session, const LifecycleOptions& options,
                      std::stop_token stop);

/// Runs initializeCommand on the user's machine. LIFE-002. Throws OperationError "hook.failed".
void run_initialize_command(Core& core, const Config& config, const std::string& folder,
                            std::stop_token stop);

/// The property's name ("postCreateCommand").
std::string hook_name(Hook hook);

}  // namespace fairlead
