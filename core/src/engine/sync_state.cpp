#include "engine/sync_state.hpp"

#include "base/atomic_file.hpp"
#include "base/lock.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view archive_begin = "ar";
constexpr std::size_t header_lines = 2;
constexpr std::size_t most_of_header = 16 * 1024;

fs::path common_folder(const fs::path& sync) { return sync / "unison"; }

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    entries.push_back(it->path());
  }
  std::ranges::sort(entries);
  return entries;
}

/// An archive begins with lines for people, which name both roots with their machines.
std::string header_of(const fs::path& archive) {
  std::ifstream file(archive, std::ios::binary);
  std::string text(most_of_header, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  std::size_t end = 0;
  for (std::size_t line = 0; line < header_lines && end != std::string::npos; ++line)
    end = text.find('\n', end == 0 ? 0 : end + 1);
  return text.substr(0, end);
}

/// The key of the folder is the copy's machine in Unison's words.
bool is_archive_of(const fs::path& file, const std::string& key) {
  return file.filename().string().starts_with(archive_begin) &&
         header_of(file).find("//fairlead-" + key + "//") != std::string::npos;
}

/// An archive, and what goes by the same name of other kinds: what it knows of files' contents.
void take_over(const fs::path& archive, const fs::path& to) {
  const auto hash = archive.filename().string().substr(archive_begin.size());
  for (const auto& file : entries_of(archive.parent_path())) {
    const auto name = file.filename().string();
    std::error_code error;
    if (name.ends_with(hash)) fs::rename(file, to / name, error);
  }
}

struct Kept {
  std::string key;
  std::string folder;  ///< of this machine
};

/// Of all records: absent where one cannot be read.
std::vector<Kept> kept_in(const fs::path& sync) {
  std::vector<Kept> all;
  for (const auto& file : entries_of(sync)) {
    if (file.extension() != ".json") continue;
    try {
      const auto said = nlohmann::json::parse(read_file_if_there(file).value_or("{}"));
      all.push_back({file.stem().string(), said.value("folder", std::string())});
    } catch (const nlohmann::json::exception&) {
      all.push_back({file.stem().string(), {}});
    }
  }
  return all;
}

bool is_in_use(const fs::path& sync, const std::string& key) {
  return std::ranges::any_of(std::array{".run.lock", ".follow.lock"}, [&](const char* end) {
    return !FileLock::try_acquire(sync / (key + end), LockMode::exclusive, "prune");
  });
}

bool has_archive_of(const std::vector<fs::path>& files, const std::vector<Kept>& folders) {
  return std::ranges::any_of(files, [&](const auto& file) {
    return std::ranges::any_of(folders,
                               [&](const auto& kept) { return is_archive_of(file, kept.key); });
  });
}

}  // namespace

void make_unison_folder(const SyncRecord& record) {
  const auto own = record.unison_folder();
  if (fs::is_directory(own)) return;
  make_folders(own);
  for (const auto& file : entries_of(common_folder(own.parent_path()))) {
    if (is_archive_of(file, record.key())) take_over(file, own);
  }
}

std::vector<std::pair<fs::path, std::string>> sync_leftovers(const fs::path& sync) {
  std::vector<std::pair<fs::path, std::string>> found;
  auto kept = kept_in(sync);
  std::erase_if(kept, [&](const auto& one) {
    std::error_code error;
    if (one.folder.empty() || fs::exists(one.folder, error) || error) return false;
    if (is_in_use(sync, one.key)) return false;
    for (const auto* end : {".unison", ".files", ".gate", ".json"}) {
      if (auto path = sync / (one.key + end); fs::exists(path, error))
        found.emplace_back(path, "of a synchronised folder that is gone: " + one.folder);
    }
    return true;
  });
  const auto common = common_folder(sync);
  std::error_code error;
  if (fs::is_directory(common, error) && !has_archive_of(entries_of(common), kept))
    found.emplace_back(common, "Unison's archives of synchronised folders that are gone");
  return found;
}

}  // namespace fairlead
