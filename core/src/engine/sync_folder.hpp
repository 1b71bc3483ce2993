#pragma once

#include "engine/sync_programs.hpp"
#include "engine/sync_record.hpp"
#include "engine/workspace.hpp"

#include <fairlead/sync.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace fairlead {

class ReadyUnison;
struct SyncRun;

/// One synchronised folder, with what its runs need. One thread at a time, but for `stop` tokens.
class SyncFolder {
 public:
  /// Throws Error "sync.none" when the workspace is none.
  SyncFolder(Core& core, const Workspace& workspace);
  ~SyncFolder();
  SyncFolder(const SyncFolder&) = delete;
  SyncFolder& operator=(const SyncFolder&) = delete;

  const SyncedFolder& folder() const { return *folder_; }
  const SyncRecord& record() const { return record_; }
  Host& host() const { return *host_; }
  Core& core() const { return core_; }

  /// Makes the copy be there and be like the folder here: the first upload, or a run; nothing when
  /// somebody follows changes already, unless what was saved just before is needed `now`. Throws
  /// Error "sync.not_empty", "sync.no_folder" and as `sync_now`.
  SyncStatus bring(const std::stop_token& stop, bool now = false);
  /// One run, with the record written whatever it comes to. `ask`: what the host has is asked anew.
  SyncStatus run(SyncDirection direction, const std::stop_token& stop, bool ask = true);
  /// Begins what the next run both ways can do without having seen what changed. For who follows
  /// changes; nothing, where the program knows no such thing.
  void make_ready();
  /// What the last run listed: the same rules judge events.
  const IgnoreRules& rules() const { return rules_; }
  /// Lists without a run.
  void learn_rules(const std::stop_token& stop);

 private:
  HostSide look(const std::stop_token& stop);
  void upload(const HostSide& there, const std::stop_token& stop);
  void run_program(SyncStatus& status, SyncDirection direction, const std::stop_token& stop);
  void run_one_way(const SyncFiles& files, SyncDirection direction, const std::stop_token& stop);
  void require_own(const HostSide& there) const;
  SyncRun run_in(SyncDirection direction) const;
  SyncStatus guarded(const std::stop_token& stop,
                     const std::function<void(SyncStatus& status)>& work);

  Core& core_;
  std::shared_ptr<const SyncedFolder> folder_;
  Settings settings_;
  std::shared_ptr<Host> host_;
  SyncRecord record_;
  IgnoreRules rules_;
  std::optional<HostSide> there_;
  SyncProgram program_;
  std::unique_ptr<ReadyUnison> ready_;  ///< last: it uses the rest
};

/// The step of `up`: see SyncFolder::bring; says how it is done, and what is in conflict.
void bring_folder_there(Core& core, const Workspace& workspace, const std::stop_token& stop,
                        bool now = false);

}  // namespace fairlead
