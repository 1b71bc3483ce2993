#include "engine/sync_state.hpp"

#include "base/atomic_file.hpp"
#include "base/paths.hpp"
#include "engine/synced_folder.hpp"

#include <algorithm>
#include <fstream>
#include <vector>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view archive_begin = "ar";
constexpr std::size_t header_lines = 2;
constexpr std::size_t most_of_header = 16 * 1024;

fs::path common_folder(const fs::path& sync) { return sync / "unison"; }

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

/// Of our side of the folder; its key is the copy's machine in Unison's words.
bool is_archive_of(const fs::path& file, const std::string& key) {
  const auto name = file.filename().string();
  if (!name.starts_with(archive_begin) || name.size() == archive_begin.size()) return false;
  const auto header = header_of(file);
  return header.find("\nArchive for root //fairlead-" + machine_key() + "//") !=
             std::string::npos &&
         header.find("//fairlead-" + key + "//") != std::string::npos;
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

bool has_archives(const fs::path& folder) {
  return std::ranges::any_of(entries_of(folder), [](const auto& file) {
    return file.filename().string().starts_with(archive_begin);
  });
}

}  // namespace

void make_unison_folder(const SyncRecord& record) {
  const auto own = record.unison_folder();
  make_folders(own);
  if (has_archives(own)) return;
  for (const auto& file : entries_of(common_folder(own.parent_path()))) {
    if (is_archive_of(file, record.key())) take_over(file, own);
  }
}

}  // namespace fairlead
