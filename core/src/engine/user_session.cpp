#include "engine/user_session.hpp"

#include "base/sha256.hpp"
#include "engine/deadlines.hpp"
#include "engine/group.hpp"

namespace fairlead {
namespace {

std::string path_of(const Core& core, const Backend& backend, const std::string& instance) {
  return core.state_folder() + "/sessions/" +
         sha256_hex(backend.name() + '\n' + instance).substr(0, 32) + ".lock";
}

/// Somebody's container that we only looked into has no shutdownAction of ours.
ShutdownAction action_of(const Workspace& workspace, const Session& session) {
  if (workspace.config.shutdown_action) return *workspace.config.shutdown_action;
  const bool ours = session.instance.labels.contains("devcontainer.local_folder");
  const auto usual = session.instance.group.empty() ? ShutdownAction::stop_container
                                                    : ShutdownAction::stop_compose;
  return session.merged.shutdown_action.value_or(ours ? usual : ShutdownAction::none);
}

}  // namespace

UserSession::UserSession(const Core& core, const Backend& backend, const std::string& instance,
                         std::stop_token stop)
    : path_(path_of(core, backend, instance)),
      lock_(FileLock::acquire(path_, LockMode::shared, {.stop = std::move(stop)}, "session")) {}

void UserSession::end(Core& core, const Workspace& workspace, const Session& session) {
  lock_.release();
  if (action_of(workspace, session) == ShutdownAction::none) return;
  // Held over the stop: a session that begins now waits and then sees that nothing runs.
  const auto last = FileLock::try_acquire(path_, LockMode::exclusive, "shutdownAction");
  if (!last) return;
  const LogStep step(core.log(), "Stopping container " + session.instance.name +
                                     ": the last session has ended (shutdownAction)");
  try {
    const bool group = action_of(workspace, session) == ShutdownAction::stop_compose;
    session.backend->stop(
        {.id = session.instance.id,
         .group = group ? group_of(core, workspace, session.instance) : std::optional<Group>()},
        change({}));
  } catch (const Error& error) {  // gone meanwhile, for example: the session itself went well
    core.log().text(LogLevel::warning, "The container was not stopped: " + error.message());
  }
}

}  // namespace fairlead
