#pragma once

#include <fairlead/core.hpp>
#include <fairlead/engine.hpp>

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

/// A workspace folder of this machine whose copy on a host is what the environment there works on.
namespace fairlead {

/// Where the bytes go: both ways where Unison can, and what one side says where both changed a
/// file. `pull` and `push` still keep the other side's version, under another name.
enum class SyncDirection { both, pull, push };

/// What is known of a synchronised folder.
struct SyncStatus {
  std::string folder;       ///< here
  std::string host;         ///< "ssh://me@box"
  std::string host_folder;  ///< there
  std::string program;      ///< "unison", "rsync", "tar"; empty: nothing has run yet
  std::int64_t last = 0;    ///< seconds since the epoch of the last run that ended well; 0: none
  std::string fault;        ///< of the last run; empty: it ended well
  std::string fault_code;   ///< its stable code
  std::vector<std::string> conflicts;  ///< changed on both sides: both are kept where they are
  bool continuous = false;             ///< a process follows changes now
  std::string note;                    ///< what to know about the program, such as "one way"
};

/// Throws Error "sync.none" when the workspace is not a synchronised one. Asks nobody but, for the
/// folder's place, the host.
SyncStatus sync_status(Core& core, const Selection& selection, std::stop_token stop = {});

/// Synchronises once, now; waits for a run that is under way. Throws "sync.none",
/// "sync.not_there" before the first `up`, "sync.failed", "sync.disk_full", "sync.other_machine",
/// "sync.one_way" (a `pull` without Unison and rsync), and what the host throws.
SyncStatus sync_now(Core& core, const Selection& selection, SyncDirection direction,
                    std::stop_token stop);

/// Follows changes on both sides until it is destroyed; a lost connection is taken up again. Two of
/// one folder, in whatever processes: the second waits for the end of the first. Threads of its
/// own. `core` outlives it.
class ContinuousSync {
 public:
  /// Reads the workspace; `stop` is for this alone. Throws as `sync_status`.
  ContinuousSync(Core& core, const Selection& selection, std::stop_token stop = {});
  ~ContinuousSync();
  ContinuousSync(const ContinuousSync&) = delete;
  ContinuousSync& operator=(const ContinuousSync&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fairlead
