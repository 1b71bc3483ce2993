#include "engine/sync_record.hpp"

#include "base/atomic_file.hpp"
#include "base/lock.hpp"

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <utility>

namespace fairlead {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t most_bytes = std::size_t{256} << 20U;

std::string stamp_of(const fs::path& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return {};
  return std::to_string(info.st_size) + ':' + std::to_string(info.st_mtim.tv_sec) + '.' +
         std::to_string(info.st_mtim.tv_nsec) + ':' + std::to_string(info.st_mode);
}

}  // namespace

SyncRecord::SyncRecord(const Core& core, const SyncedFolder& folder)
    : SyncRecord(fs::path(core.state_folder()) / "sync", folder) {}

SyncRecord::SyncRecord(fs::path sync, const SyncedFolder& folder)
    : folder_(std::move(sync)), key_(folder.key) {
  empty_.folder = folder.here;
  empty_.host = folder.host;
  empty_.host_folder = folder.there;
}

fs::path SyncRecord::file(const std::string& end) const { return folder_ / (key_ + end); }
fs::path SyncRecord::run_lock() const { return file(".run.lock"); }
fs::path SyncRecord::follow_lock() const { return file(".follow.lock"); }
fs::path SyncRecord::gate() const { return file(".gate"); }
fs::path SyncRecord::unison_folder() const { return file(".unison"); }
fs::path SyncRecord::overwritten() const { return file(".overwritten"); }

SyncStatus SyncRecord::read() const {
  auto status = empty_;
  try {
    const auto said = json::parse(read_file_if_there(file(".json")).value_or("{}"));
    status.program = said.value("program", std::string());
    status.note = said.value("note", std::string());
    status.last = said.value("last", std::int64_t{0});
    status.fault = said.value("fault", std::string());
    status.fault_code = said.value("faultCode", std::string());
    status.conflicts = said.value("conflicts", std::vector<std::string>{});
  } catch (const json::exception&) {
    status = empty_;
  }
  // Whoever follows holds it; to ask is to try, which others who ask are not to take for it.
  status.continuous = !FileLock::try_acquire(follow_lock(), LockMode::shared, "sync status");
  return status;
}

void SyncRecord::write(const SyncStatus& status) const {
  const json said = {{"folder", status.folder},
                     {"host", status.host},
                     {"hostFolder", status.host_folder},
                     {"program", status.program},
                     {"note", status.note},
                     {"last", status.last},
                     {"fault", status.fault},
                     {"faultCode", status.fault_code},
                     {"conflicts", status.conflicts}};
  write_file(file(".json"), said.dump(2, ' ', false, json::error_handler_t::replace) + '\n', 0600);
}

SyncRecord::Manifest SyncRecord::manifest_of(const std::string& root, const SyncFiles& files) {
  Manifest manifest;
  for (const auto& path : files.files) {
    if (auto stamp = stamp_of(fs::path(root) / path); !stamp.empty()) manifest[path] = stamp;
  }
  return manifest;
}

SyncRecord::Manifest SyncRecord::read_manifest() const {
  Manifest manifest;
  const auto text = read_file_if_there(file(".files"), most_bytes).value_or(std::string());
  for (std::size_t at = 0; at < text.size();) {
    const auto middle = text.find('\0', at);
    const auto end = middle == std::string::npos ? middle : text.find('\0', middle + 1);
    if (end == std::string::npos) break;
    manifest.emplace(text.substr(at, middle - at), text.substr(middle + 1, end - middle - 1));
    at = end + 1;
  }
  return manifest;
}

void SyncRecord::write_manifest(const Manifest& manifest) const {
  std::string text;
  for (const auto& [path, stamp] : manifest) {
    text.append(path).push_back('\0');
    text.append(stamp).push_back('\0');
  }
  write_file(file(".files"), text, 0600);
}

}  // namespace fairlead
