#pragma once

#include "engine/captured.hpp"
#include "engine/sync_programs_run.hpp"

#include <filesystem>
#include <future>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace fairlead {

/// A run of Unison that is as far as it can be without having looked at a file: connected, and with
/// what both sides remember read. It asks a dozen things one after the other to come there, which
/// over a link is what a run takes; made ready before something changes, nobody waits for them.
class ReadyUnison {
 public:
  /// Starts it. What `run` refers to has to outlive this.
  ReadyUnison(const SyncRun& run, const IgnoreRules& rules);
  /// Ends it, wherever it is.
  ~ReadyUnison();
  ReadyUnison(const ReadyUnison&) = delete;
  ReadyUnison& operator=(const ReadyUnison&) = delete;

  /// Lets it go on to its end. Absent: it does not become ready, or it is not what a run with
  /// these rules would be by now. To be called once, by who holds the record's lock. Throws as
  /// `run_captured_on`.
  std::optional<Captured> go_on(const IgnoreRules& rules, const std::stop_token& stop);

 private:
  /// Waits until it is ready, for less than another run would take.
  bool pass_gate(const std::stop_token& stop) const;

  SyncRun run_;
  std::vector<std::string> words_;
  std::string remembered_;  ///< how Unison's archives were when it began
  std::filesystem::path gate_;
  std::stop_source end_;
  std::future<Captured> said_;  ///< last: it uses the rest
};

}  // namespace fairlead
