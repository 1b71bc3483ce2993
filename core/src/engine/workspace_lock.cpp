#include "engine/workspace_lock.hpp"

namespace fairlead {
namespace {

/// Building a large image takes its time; waiting for one for ever is no use either.
constexpr std::chrono::hours longest_wait{2};

}  // namespace

FileLock lock_workspace(const Core& core, const Identity& identity, std::string_view purpose,
                        std::stop_token stop) {
  const auto path = core.state_folder() + "/locks/" + identity.devcontainer_id + ".lock";
  LockWait wait{.stop = std::move(stop), .timeout = longest_wait};
  wait.on_blocked = [&](const std::string& holder) {
    core.log().text(LogLevel::info, "Waiting for " + holder + " on the same workspace.");
  };
  return FileLock::acquire(path, LockMode::exclusive, wait, purpose);
}

}  // namespace fairlead
