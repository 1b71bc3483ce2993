#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace fairlead {

/// How much an archive may hold.
struct ArchiveLimits {
  std::uint64_t total_bytes = std::uint64_t{2} << 30U;
  std::uint64_t entries = 20'000;
  std::uint64_t ratio = 200;  ///< unpacked to packed bytes, beyond the first 64 MiB
};

/// Whether to write an entry; gets its path without a leading "./".
using ArchiveFilter = std::function<bool(const std::string& path)>;

/// Unpacks a tar, plain or compressed by gzip, zstd, xz or bzip2, into `folder`, which is created.
/// Nothing is written outside it (SEC-007): absolute paths, "..", links that lead outside, writing
/// through a link, devices and pipes are refused; owners and setuid bits are dropped, permissions
/// become 0755 or 0644. Files that are there already are replaced. What was written before a
/// failure stays: unpack into a folder of your own. Says the files that it wrote, relative, in the
/// archive's order; no folders. Throws Error(invalid): "archive.unsafe" naming the entry,
/// "archive.too_large", "archive.format"; "archive.write", Status::cancelled.
std::vector<std::string> extract_archive(const std::filesystem::path& archive,
                                         const std::filesystem::path& folder,
                                         const ArchiveLimits& limits, std::stop_token stop,
                                         const ArchiveFilter& wanted = {});

/// An uncompressed tar of `folder` as the reference CLI makes it for publishing: entries "./…"
/// sorted by name, owner 0:0, time 0, permissions 0755 and 0644; links stay links. Equal folders
/// give equal bytes. Throws Error "archive.read", "archive.unsafe" for a device or socket.
std::string make_archive(const std::filesystem::path& folder, std::stop_token stop);

/// The same into `file`, piece by piece: however much the folder holds, little memory is needed.
/// The file appears complete or not at all. Throws also Error "archive.write".
void write_archive(const std::filesystem::path& folder, const std::filesystem::path& file,
                   std::stop_token stop);

}  // namespace fairlead
