#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// Files larger than this are not ours: reading stops with an error.
inline constexpr std::size_t default_read_limit = std::size_t{16} << 20U;

/// Replaces `path` by a file with `content` and exactly the permissions `mode`, so that a reader or
/// a crash at any moment sees the old file or the new one, never a part: a temporary file beside
/// it, fsync, rename. Missing folders are created (0700). Two writers: the later rename wins.
/// Throws file.write; the temporary file is gone then.
void write_file(const std::filesystem::path& path, std::string_view content, mode_t mode = 0644);

/// The same for what may be lost: readers see the old file or the new one, but nobody waits for the
/// disk, and a power cut may leave an empty one.
void write_cache_file(const std::filesystem::path& path, std::string_view content, mode_t mode);

/// The whole of `path`. Throws file.missing, file.read, file.too_large. A folder is a read error.
std::string read_file(const std::filesystem::path& path, std::size_t limit = default_read_limit);

/// As `read_file`, but nothing when the file or a folder of its path does not exist. One open(2)
/// then.
std::optional<std::string> read_file_if_there(const std::filesystem::path& path,
                                              std::size_t limit = default_read_limit);

/// Creates `folder` and its missing parents with permissions 0700. Throws file.write.
void make_folders(const std::filesystem::path& folder);

}  // namespace fairlead
