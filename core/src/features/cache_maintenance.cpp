#include "features/cache_maintenance.hpp"

#include "base/atomic_file.hpp"
#include "base/sha256.hpp"
#include "features/archive.hpp"
#include "features/content_cache.hpp"
#include "features/oci_manifest.hpp"
#include "features/oci_reference.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;

std::string digest_of(const fs::path& blob) { return "sha256:" + blob.filename().string(); }
fs::path blob_of(const fs::path& folder, const std::string& digest) {
  return folder / "blobs" / digest.substr(digest.find(':') + 1);
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::error_code none;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, none)) files.push_back(entry.path());
  return files;
}

/// What a file of names/ says: the digest and the name.
std::optional<std::pair<std::string, std::string>> read_name(const fs::path& file) {
  const auto text = read_file_if_there(file);
  if (!text || !text->ends_with('\n')) return {};
  const auto end = text->find('\n');
  auto digest = text->substr(0, end);
  if (end + 1 >= text->size() || !is_oci_digest(digest)) return {};
  return std::pair(std::move(digest), text->substr(end + 1, text->size() - end - 2));
}

/// The digests that a name leads to: what it names and, when that is a manifest, its layers.
std::vector<std::string> reached(const fs::path& folder, const std::string& digest) {
  std::vector<std::string> digests = {digest};
  try {
    const auto bytes = read_file_if_there(blob_of(folder, digest));
    if (!bytes || !bytes->starts_with('{')) return digests;
    for (const auto& layer : parse_oci_manifest(*bytes, digest).layers) {
      digests.push_back(layer.digest);
    }
  } catch (const Error&) {  // an archive, or a large file: it leads nowhere else
  }
  return digests;
}

std::int64_t used_ms(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return 0;
  return static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1000 + info.st_mtim.tv_nsec / 1'000'000;
}

std::uint64_t size_of(const fs::path& path) {
  std::error_code none;
  if (fs::is_regular_file(fs::symlink_status(path, none))) return fs::file_size(path, none);
  std::uint64_t total = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path, none)) {
    if (fs::is_regular_file(entry.symlink_status(none))) total += entry.file_size(none);
  }
  return total;
}

/// Removes it and says how large it was.
std::uint64_t discard(const fs::path& path) {
  const auto size = size_of(path);
  std::error_code none;
  fs::remove_all(path, none);
  return size;
}

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

/// A folder of the cache that disappears with this object.
class Scratch {
 public:
  explicit Scratch(const fs::path& folder)
      : path_(folder / "partial" / ("transfer." + std::to_string(::getpid()))) {
    std::error_code none;
    fs::remove_all(path_, none);
    make_folders(path_);
  }
  ~Scratch() {
    std::error_code none;
    fs::remove_all(path_, none);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

FileLock share(const fs::path& folder, std::stop_token stop) {
  return FileLock::acquire(folder / "lock", LockMode::shared, {.stop = std::move(stop)});
}

void copy_into(const fs::path& from, const fs::path& folder) {
  std::error_code fault;
  make_folders(folder);
  fs::copy_file(from, folder / from.filename(), fs::copy_options::overwrite_existing, fault);
  if (!fault) return;
  throw Error(Status::failed, "cache.write",
              "The cache cannot write " + (folder / from.filename()).string() + ": " +
                  fault.message() + ".");
}

}  // namespace

CacheReport report_cache(const fs::path& folder) {
  CacheReport report{.folder = folder.string(), .size = 0, .entries = {}};
  std::map<std::string, std::set<std::string>> names;
  for (const auto& file : files_in(folder / "names")) {
    const auto name = read_name(file);
    if (!name) continue;
    for (const auto& digest : reached(folder, name->first)) names[digest].insert(name->second);
  }
  for (const auto& blob : files_in(folder / "blobs")) {
    const auto digest = digest_of(blob);
    const auto size = size_of(blob) + size_of(folder / "trees" / blob.filename());
    report.entries.push_back({.digest = digest,
                              .size = size,
                              .used_ms = used_ms(blob),
                              .names = {names[digest].begin(), names[digest].end()}});
    report.size += size;
  }
  std::stable_sort(report.entries.begin(), report.entries.end(),
                   [](const auto& a, const auto& b) { return a.size > b.size; });
  return report;
}

std::uint64_t prune_cache(const fs::path& folder, int days, const LockWait& wait) {
  std::error_code none;
  if (!fs::exists(folder, none)) return 0;
  const auto lock = FileLock::acquire(folder / "lock", LockMode::exclusive, wait, "cache prune");
  const auto oldest = now_ms() - days * day_ms;
  std::uint64_t freed = 0;
  for (const auto& file : files_in(folder / "partial")) freed += discard(file);
  for (const auto* kind : {"blobs", "trees"}) {
    for (const auto& file : files_in(folder / kind)) {
      if (used_ms(file) <= oldest) freed += discard(file);
    }
  }
  for (const auto& file : files_in(folder / "names")) {
    const auto name = read_name(file);
    if (!name || !fs::exists(blob_of(folder, name->first), none)) freed += discard(file);
  }
  return freed;
}

std::vector<std::string> export_cache(const fs::path& folder, const fs::path& file,
                                      const std::vector<std::string>& names, std::stop_token stop) {
  const auto lock = share(folder, stop);
  const Scratch scratch(folder);
  std::vector<std::string> exported;
  for (const auto& entry : files_in(folder / "names")) {
    const auto name = read_name(entry);
    const bool wanted = name && (names.empty() || std::find(names.begin(), names.end(),
                                                            name->second) != names.end());
    if (!wanted) continue;
    copy_into(entry, scratch.path() / "names");
    std::error_code none;
    for (const auto& digest : reached(folder, name->first)) {
      const auto blob = blob_of(folder, digest);
      if (fs::exists(blob, none)) copy_into(blob, scratch.path() / "blobs");
    }
    exported.push_back(name->second);
  }
  for (const auto& name : names) {
    if (std::find(exported.begin(), exported.end(), name) != exported.end()) continue;
    throw Error(Status::not_found, "cache.missing", "The cache does not have " + name + ".",
                "`fairlead cache show` lists the names.");
  }
  write_archive(scratch.path(), file, std::move(stop));
  std::sort(exported.begin(), exported.end());
  return exported;
}

std::vector<std::string> import_cache(const fs::path& folder, const fs::path& file,
                                      std::stop_token stop) {
  const auto lock = share(folder, stop);
  const Scratch scratch(folder);
  const auto ours = [](const std::string& path) {
    return path.starts_with("blobs/") || path.starts_with("names/");
  };
  extract_archive(file, scratch.path(), {}, stop, ours);
  ContentCache cache(folder);
  for (const auto& blob : files_in(scratch.path() / "blobs")) {
    auto target = cache.download("import " + blob.filename().string(), stop);
    target.restart();
    for_each_piece(blob, [&target](std::string_view piece) { target.write(piece); });
    target.finish(digest_of(blob), file.filename().string());
  }
  std::vector<std::string> imported;
  for (const auto& entry : files_in(scratch.path() / "names")) {
    const auto name = read_name(entry);
    if (!name || !cache.find(name->first)) continue;
    cache.remember(name->second, name->first, /*asked=*/false);
    imported.push_back(name->second);
  }
  std::sort(imported.begin(), imported.end());
  return imported;
}

}  // namespace fairlead
