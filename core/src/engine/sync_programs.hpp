#pragma once

#include "engine/synced_folder.hpp"

#include <stop_token>
#include <string>

namespace fairlead {

/// What stands on the host where the copy is, or is to be.
enum class FolderThere { none, empty, filled, no_folder };

/// What the host says about itself and the copy, in one question.
struct HostSide {
  std::string unison;  ///< its version, "2.52.1"; empty: it is not installed
  std::string rsync;   ///< likewise
  bool zstd = false;
  std::string owner;  ///< the machine whose first upload is complete; empty: nobody's
  FolderThere folder = FolderThere::none;
};

/// Throws Error "sync.home" when nothing can be kept on the host, and what the host throws.
HostSide ask_host_side(Host& host, const SyncedFolder& folder, const std::stop_token& stop);

/// How a folder is synchronised.
struct SyncProgram {
  std::string name;  ///< "unison", "rsync" or "tar"
  std::string note;  ///< what it cannot do, and why it was taken; empty: it does all
};

/// The best that both ends have, or the one that the setting `sync_with` names. Throws Error
/// "sync.program" when that one is not there. Pure.
SyncProgram choose_sync_program(const std::string& wanted, const HostSide& here,
                                const HostSide& there);

/// What is installed here.
HostSide this_side(const Environment& environment, const std::stop_token& stop);

/// "unison version 2.52.1 (ocaml 4.13.1)" and "rsync  version 3.2.7  protocol version 31": the
/// number. Pure.
std::string version_in(const std::string& said);

/// Whether the two speak with each other: since 2.52 any do, before only equal ones. Pure.
bool unisons_agree(const std::string& one, const std::string& other);

/// The file below `state_there` with the machine that the copy belongs to.
std::string owner_file(const SyncedFolder& folder);

}  // namespace fairlead
