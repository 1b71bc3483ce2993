#pragma once

#include "engine/sync_files.hpp"
#include "engine/synced_folder.hpp"

#include <fairlead/sync.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace fairlead {

/// What is kept here of a synchronised folder, in files of the state folder.
class SyncRecord {
 public:
  SyncRecord(const Core& core, const SyncedFolder& folder);
  /// `sync`: the folder of all records.
  SyncRecord(std::filesystem::path sync, const SyncedFolder& folder);

  /// As the last run left it; what cannot be read is as if nothing had run.
  SyncStatus read() const;
  void write(const SyncStatus& status) const;

  /// Size and time of every file, by its path.
  using Manifest = std::map<std::string, std::string>;
  /// Of the files as they are now.
  static Manifest manifest_of(const std::string& root, const SyncFiles& files);
  /// Of the last one-way run.
  Manifest read_manifest() const;
  void write_manifest(const Manifest& manifest) const;

  /// Held while one run is under way; and while somebody follows changes.
  std::filesystem::path run_lock() const;
  std::filesystem::path follow_lock() const;
  /// What the next run waits for, while somebody follows changes.
  std::filesystem::path gate() const;
  /// Where Unison keeps what it remembers of this folder, and of no other.
  std::filesystem::path unison_folder() const;
  /// Where a pull by rsync keeps what it replaces.
  std::filesystem::path overwritten() const;

  const std::string& key() const { return key_; }

 private:
  std::filesystem::path file(const std::string& end) const;

  std::filesystem::path folder_;
  SyncStatus empty_;
  std::string key_;
};

}  // namespace fairlead
