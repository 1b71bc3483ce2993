#pragma once

#include <cstddef>
#include <cstdint>

/// What the archive module offers, as plain C: it is opened at run time. It reads and writes; what
/// may be written where is not its business.
namespace fairlead {

enum ArchiveEntryType : int {
  archive_file = 0,
  archive_folder = 1,
  archive_symlink = 2,
  archive_hardlink = 3,
  archive_other = 4,
};

struct ArchiveEntry {
  const char* path;
  const char* link;  ///< of links; else ""
  int type;
  unsigned mode;
  std::uint64_t size;
};

enum ArchiveResult : long { archive_end = 0, archive_more = 1, archive_failed = -1 };

struct ArchiveTable {
  std::uint32_t version;
  /// Reads a tar from `fd`, which stays the caller's. Null: no memory.
  void* (*open)(int fd, char* message, std::size_t message_size);
  /// The next entry; what it points to is valid until the next call. An ArchiveResult.
  long (*next)(void* self, ArchiveEntry* entry);
  /// Bytes of the current entry; 0 at its end, archive_failed.
  long (*read)(void* self, char* data, std::size_t size);
  std::uint64_t (*consumed)(void* self);  ///< bytes of the file read so far
  const char* (*message)(void* self);     ///< of the last failure
  void (*close)(void* self);

  /// A tar in memory: `write` gets its bytes; false from it, or from these, is a failure.
  void* (*create)(void* context, bool (*write)(void* context, const char* data, std::size_t size));
  bool (*add)(void* self, const ArchiveEntry* entry);
  bool (*add_data)(void* self, const char* data, std::size_t size);
  bool (*finish)(void* self);  ///< `self` is gone afterwards
};

inline constexpr std::uint32_t archive_table_version = 1;
inline constexpr auto archive_table_symbol = "fairlead_archive";
inline constexpr auto archive_module_file = "fairlead-archive.so";

}  // namespace fairlead
