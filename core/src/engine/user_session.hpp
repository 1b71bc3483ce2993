#pragma once

#include "base/lock.hpp"
#include "engine/session.hpp"

#include <optional>

namespace fairlead {

/// One of the sessions (`shell`, `attach`) that keep an instance up. Each holds a shared lock while
/// it lasts, so that a killed one does not count either.
class UserSession {
 public:
  /// Waits while the last session of the instance shuts it down.
  UserSession(const Core& core, const Backend& backend, const std::string& instance,
              std::stop_token stop);

  /// Ends it. Was it the last one, and does shutdownAction (by default stopContainer, CFG-042) not
  /// say otherwise, the instance is stopped; one that is not a dev container's is left alone.
  void end(Core& core, const Workspace& workspace, const Session& session);

 private:
  std::string path_;
  FileLock lock_;
};

}  // namespace fairlead
