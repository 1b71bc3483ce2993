#include "features/content_cache.hpp"

#include "base/atomic_file.hpp"
#include "features/archive.hpp"
#include "features/oci_reference.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <mutex>
#include <system_error>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes patience{30};

Error cache_error(const fs::path& path) {
  const int why = errno;
  return Error(
      Status::failed, "cache.write",
      "The cache cannot write " + path.string() + ": " + std::generic_category().message(why) + ".",
      why == ENOSPC ? "Free some space, for example with `fairlead cache prune`." : "");
}

/// The 64 digits; what is not a digest has none.
std::string digits_of(const std::string& digest) {
  return is_oci_digest(digest) ? digest.substr(digest.find(':') + 1) : sha256_hex(digest);
}

std::string unique_name() {
  static std::atomic<unsigned> counter{0};
  return std::to_string(::getpid()) + '.' + std::to_string(++counter);
}

void mark_used(const fs::path& path) { ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0); }

bool is_younger(const fs::path& path, std::chrono::seconds age) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return false;
  const auto passed = ::time(nullptr) - info.st_mtim.tv_sec;
  return passed >= 0 && passed < age.count();  // not what a wrong clock wrote in the future
}

void write_all(int fd, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const auto count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw cache_error(path);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// Without fsync: what is read back is checked, so an empty file after a power cut costs a request.
void place_file(const fs::path& path, const fs::path& scratch, std::string_view content) {
  make_folders(path.parent_path());
  make_folders(scratch);
  const auto temporary = scratch / unique_name();
  try {
    const UniqueFd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file) throw cache_error(temporary);
    write_all(file.get(), content, temporary);
    if (::rename(temporary.c_str(), path.c_str()) != 0) throw cache_error(path);
  } catch (const Error&) {
    ::unlink(temporary.c_str());
    throw;
  }
}

std::string file_digest(const fs::path& path) {
  Sha256 hash;
  for_each_piece(path, [&hash](std::string_view piece) { hash.update(piece); });
  return to_hex(hash.finish());
}

Error damaged(const std::string& what) {
  return Error(Status::failed, "registry.digest",
               what + " is not what its digest promises; it was thrown away.",
               "Try again; when it happens again, something between here and there alters it.");
}

}  // namespace

void for_each_piece(const fs::path& path, const std::function<void(std::string_view)>& use) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 65536> buffer{};
  ssize_t count = 0;
  while (file && (count = ::read(file.get(), buffer.data(), buffer.size())) > 0) {
    use(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
  }
}

struct ContentCache::State {
  std::mutex mutex;
  std::optional<FileLock> lock;
};

ContentCache::ContentCache(fs::path folder)
    : folder_(std::move(folder)), state_(std::make_unique<State>()) {}
ContentCache::~ContentCache() = default;

void ContentCache::hold() {
  const std::lock_guard lock(state_->mutex);
  if (state_->lock) return;
  state_->lock = FileLock::acquire(folder_ / "lock", LockMode::shared, {.timeout = patience});
}

fs::path ContentCache::place(const char* kind, const std::string& digits) const {
  return folder_ / kind / digits;
}

std::optional<fs::path> ContentCache::find(const std::string& digest) {
  hold();
  auto path = place("blobs", digits_of(digest));
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return {};
  mark_used(path);
  return path;
}

std::optional<std::string> ContentCache::read(const std::string& digest) {
  const auto path = find(digest);
  if (!path) return {};
  auto content = read_file_if_there(*path);
  if (content && sha256_hex(*content) == digits_of(digest)) return content;
  ::unlink(path->c_str());
  return {};
}

std::string ContentCache::store(std::string_view content) {
  const auto digits = sha256_hex(content);
  auto digest = "sha256:" + digits;
  if (read(digest)) return digest;
  place_file(place("blobs", digits), folder_ / "partial", content);
  return digest;
}

std::optional<std::string> ContentCache::digest_of(const std::string& name,
                                                   std::optional<std::chrono::seconds> age) {
  hold();
  const auto path = place("names", sha256_hex(name));
  if (age && !is_younger(path, *age)) return {};
  const auto text = read_file_if_there(path);
  if (!text) return {};
  const auto end = text->find('\n');
  auto digest = text->substr(0, end);
  if (end == std::string::npos || !is_oci_digest(digest)) return {};
  if (text->substr(end + 1) != name + '\n') return {};
  return digest;
}

void ContentCache::remember(const std::string& name, const std::string& digest, bool asked) {
  const auto path = place("names", sha256_hex(name));
  if (digest_of(name) == digest) {
    if (asked) mark_used(path);
    return;
  }
  place_file(path, folder_ / "partial", digest + '\n' + name + '\n');
  // The time of a name's file is when it was asked for.
  constexpr std::array<timespec, 2> never{};
  if (!asked) ::utimensat(AT_FDCWD, path.c_str(), never.data(), 0);
}

void ContentCache::forget(const std::string& name) {
  hold();
  ::unlink(place("names", sha256_hex(name)).c_str());
}

fs::path ContentCache::unpacked(const std::string& digest, std::stop_token stop) {
  hold();
  const auto digits = digits_of(digest);
  const auto tree = place("trees", digits);
  std::error_code ignored;
  if (!fs::is_directory(tree, ignored)) {
    const auto scratch = folder_ / "partial";
    const auto lock = FileLock::acquire(scratch / (digits + ".tree.lock"), LockMode::exclusive,
                                        {.stop = stop, .timeout = patience});
    if (fs::is_directory(tree, ignored)) return tree;
    const auto blob = find(digest);
    if (!blob) {
      throw Error(Status::not_found, "cache.missing", "The cache does not have " + digest + ".");
    }
    if (file_digest(*blob) != digits) {
      ::unlink(blob->c_str());
      throw damaged("The cached archive " + digest);
    }
    const auto temporary = scratch / ("tree." + unique_name());
    try {
      extract_archive(*blob, temporary, {}, stop);
      make_folders(tree.parent_path());
      if (::rename(temporary.c_str(), tree.c_str()) != 0) throw cache_error(tree);
    } catch (const Error&) {
      fs::remove_all(temporary, ignored);
      throw;
    }
  }
  mark_used(tree);
  return tree;
}

ContentCache::Download ContentCache::download(const std::string& key, std::stop_token stop) {
  hold();
  auto lock =
      FileLock::acquire(folder_ / "partial" / (digits_of(key) + ".lock"), LockMode::exclusive,
                        {.stop = std::move(stop), .timeout = patience});
  return {*this, key, std::move(lock)};
}

ContentCache::Download::Download(ContentCache& cache, const std::string& key, FileLock lock)
    : cache_(&cache),
      lock_(std::move(lock)),
      path_(cache.folder_ / "partial" / (digits_of(key) + ".part")) {
  for_each_piece(path_, [this](std::string_view piece) {
    hash_.update(piece);
    size_ += piece.size();
  });
  file_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!file_) throw cache_error(path_);
}

void ContentCache::Download::restart() {
  if (::ftruncate(file_.get(), 0) != 0) throw cache_error(path_);
  hash_ = {};
  size_ = 0;
}

void ContentCache::Download::write(std::string_view bytes) {
  write_all(file_.get(), bytes, path_);
  hash_.update(bytes);
  size_ += bytes.size();
}

std::string ContentCache::Download::finish(const std::string& expected, const std::string& what) {
  const auto digits = to_hex(hash_.finish());
  if (!expected.empty() && digits != digits_of(expected)) {
    ::unlink(path_.c_str());
    throw damaged(what);
  }
  const auto target = cache_->place("blobs", digits);
  if (::fsync(file_.get()) != 0) throw cache_error(path_);
  make_folders(target.parent_path());
  if (::rename(path_.c_str(), target.c_str()) != 0) throw cache_error(target);
  return "sha256:" + digits;
}

}  // namespace fairlead
