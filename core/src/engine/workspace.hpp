#pragma once

#include <fairlead/engine.hpp>

#include <memory>
#include <optional>
#include <stop_token>

namespace fairlead {

class EarlyList;
class RemoteFolder;
struct SyncedFolder;

/// What is known before any backend is asked: steps 2 to 4 of `up`.
struct Workspace {
  std::optional<ConfigDocument> document;  ///< absent: only labels or a container id were given
  Config config;
  Identity identity;
  Settings settings;
  std::shared_ptr<const RemoteFolder> remote = {};  ///< where the folder is; null: this machine
  std::shared_ptr<EarlyList> early = {};            ///< what was asked on the way; null: nothing
  /// The folder is here and the environment works on a copy on its host; null: it does not.
  std::shared_ptr<const SyncedFolder> synced = {};
  bool cloned = false;  ///< `remote` is a clone that we made there
};

/// Locates, reads and substitutes the configuration and settles the settings that may stand in it.
/// With a container id or id labels alone no configuration is needed; otherwise throws
/// "config.not_found". A folder on a host is connected to, which `stop` ends.
Workspace open_workspace(Core& core, const Selection& selection, const std::stop_token& stop = {});

/// The same, but an absent configuration is an answer.
Workspace open_workspace_if_any(Core& core, const Selection& selection,
                                const std::stop_token& stop = {});

/// The same for what needs no more of a configuration than its place, such as stopping a container:
/// a faulty one is a warning. The workspace has no document then.
Workspace open_workspace_if_readable(Core& core, const Selection& selection,
                                     const std::stop_token& stop = {});

/// The reference judges no types: what it would not understand is as if it were absent.
Faulty faulty_values(Mode mode);

/// Stage 2 of the substitution (VAR-011, 014): once a container is to be made or there is one.
Workspace with_devcontainer_id(Workspace workspace);

}  // namespace fairlead
