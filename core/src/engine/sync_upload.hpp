#pragma once

#include "engine/sync_files.hpp"
#include "engine/sync_programs.hpp"

#include <set>
#include <stop_token>
#include <string>

namespace fairlead {

/// What one stream takes along.
struct SyncPack {
  std::vector<std::string> folders;
  std::set<std::string> files;
};

/// Its paths, each with "./" before it and a zero behind it.
std::string list_of(const SyncPack& pack);

/// The first upload: one compressed tar stream into a folder beside the copy's, which gets the
/// copy's name when all of it is there. Throws Error "sync.disk_full", "sync.upload"; then nothing
/// is left there.
void upload_folder(Core& core, Host& host, const SyncedFolder& folder, const SyncFiles& files,
                   bool zstd, const std::stop_token& stop);

/// Some files more, into the copy that is there: complete beside it, then one by one in its place.
/// What they replace is moved to `overwritten`, on the host. Throws as above.
void upload_files(Core& core, Host& host, const SyncedFolder& folder, const SyncPack& pack,
                  bool zstd, const std::stop_token& stop);

/// Where on the host a one-way run keeps what it replaces and removes.
std::string overwritten_folder(const SyncedFolder& folder);

/// Moves these paths of the copy to `overwritten_folder`.
void remove_there(Host& host, const SyncedFolder& folder, const std::vector<std::string>& paths,
                  const std::stop_token& stop);

/// What a program on the host says when there is no room.
bool says_disk_full(const std::string& said);

}  // namespace fairlead
