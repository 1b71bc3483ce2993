#pragma once

#include "engine/captured.hpp"
#include "engine/sync_record.hpp"

#include <fairlead/sync.hpp>

#include <stop_token>
#include <string>
#include <vector>

/// Runs of Unison and of rsync. They reach the host by the program fairlead-host-shell, which
/// stands where they would start ssh: its sessions are sessions of the one connection that there
/// is.
namespace fairlead {

/// What a run needs to know.
struct SyncRun {
  Core& core;
  const Settings& settings;
  const SyncedFolder& folder;
  const SyncRecord& record;
  SyncDirection direction = SyncDirection::both;
};

class ReadyUnison;

/// Both ways. What both sides changed stays as it is and is returned; with a direction that side
/// wins, and the other version is kept beside it. `ready`, where there is one, is used up if it can
/// be. Throws Error "sync.failed", "sync.disk_full", "host.lost" and what the host throws.
std::vector<std::string> run_unison(const SyncRun& run, const IgnoreRules& rules,
                                    const std::stop_token& stop, ReadyUnison* ready = nullptr);

/// The command line of such a run.
std::vector<std::string> unison_words(const SyncRun& run, const IgnoreRules& rules);

/// What a program that synchronises is given beside its words.
struct SyncInput {
  std::string_view input = {};
  Environment more = {};
};

/// Runs it on this machine to its end, with fairlead-host-shell knowing the host.
Captured start_sync_program(const SyncRun& run, std::vector<std::string> argv,
                            const std::stop_token& stop, const SyncInput& with = {});

/// Newer and changed files from here to the host, or the other way for a pull; nothing is removed,
/// and what is replaced is kept. `only`: paths, each with a zero behind it; empty: all. Throws as
/// above.
void run_rsync(const SyncRun& run, const IgnoreRules& rules, std::string_view only,
               const std::stop_token& stop);

/// The conflicts that Unison's output names. Pure.
std::vector<std::string> conflicts_in(const std::string& said);

}  // namespace fairlead
