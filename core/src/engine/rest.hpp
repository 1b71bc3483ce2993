#pragma once

#include "base/lock.hpp"

#include <fairlead/engine.hpp>

#include <optional>

namespace fairlead {

/// What is run in an environment behind an `up` that has ended: a process of ours holds the lock on
/// the environment's lifecycle commands meanwhile and writes what they say into a file. LIFE-017.

/// The same for the whole life of an environment, other than its id.
std::string environment_key(const std::string& backend, const InstanceInfo& instance);

/// Waits until nobody else runs lifecycle commands there; `on_blocked` hears who does.
FileLock lock_hooks(const Core& core, const std::string& key, std::stop_token stop);

/// The same at once, or nothing.
std::optional<FileLock> try_lock_hooks(const Core& core, const std::string& key);

/// Goes on with the lock that `up` left (UpResult::rest).
FileLock adopt_rest(UniqueFd rest);

/// The file with what was said.
std::string rest_log_path(const Core& core, const std::string& key);

/// Ends the process that runs the rest of an `up`, if one does, and with it the commands inside;
/// removes its log with `forget`. Waits until it is gone, ten seconds at most. An `up` that still
/// runs itself is left alone.
void cancel_rest(const Core& core, const std::string& key, bool forget);

}  // namespace fairlead
