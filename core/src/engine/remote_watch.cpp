#include "engine/remote_watch.hpp"

#include "base/atomic_file.hpp"
#include "base/text.hpp"
#include "engine/sync_files.hpp"

#include <fairlead/error.hpp>

#include <array>
#include <filesystem>
#include <optional>
#include <set>

namespace fairlead {

// "f SUM SIZE PATH" a file, "d PATH" a folder and "n NAME" what is in it; "changed": anything. A
// path with a line's end in it is not understood, and so means the same.
const char* const remote_watch_script = R"sh(m=$(mktemp) || exit 1
trap 'rm -f "$m" "$m.new" "$m.list"' EXIT
trap 'exit 0' HUP INT TERM PIPE
tell() {
  while IFS= read -r p; do
    if [ -h "$p" ]; then
      echo changed
    elif [ -d "$p" ]; then
      printf 'd %s\n' "$p"
      ls -A "$p" | sed 's/^/n /'
    elif [ -f "$p" ] && [ "$(($(wc -c <"$p")))" -le 1048576 ]; then
      printf 'f %s %s\n' "$(cksum <"$p")" "$p"
    else
      echo changed
    fi
  done
}
echo changed && echo = || exit 0
while :; do
  sleep 2
  : >"$m.new" || exit 1
  find "$1" -newer "$m" ! -name '.unison.*' 2>/dev/null | head -n 33 >"$m.list"
  if [ "$(($(wc -l <"$m.list")))" -gt 32 ]; then
    echo changed || exit 0
  else
    tell <"$m.list" 2>/dev/null || exit 0
  fi
  echo = || exit 0
  mv -f "$m.new" "$m" || exit 1
done)sh";

namespace {

namespace fs = std::filesystem;

constexpr std::string_view of_unison = ".unison.";

using Names = std::set<std::string, std::less<>>;

/// Relative to the copy; absent: it is not in it.
std::optional<std::string> path_in(std::string_view path, const std::string& there) {
  if (path == there) return std::string();
  if (!path.starts_with(there) || path[there.size()] != '/') return {};
  return std::string(path.substr(there.size() + 1));
}

/// Unison knows no rules for folders alone.
bool is_left_out_there(const IgnoreRules& rules, const std::string& path) {
  if (path.empty()) return false;
  return !rules.kept(path) && (is_left_out(rules, path) || rules.ignores(path, true));
}

bool file_differs(std::string_view line, const std::string& here, const std::string& there,
                  const IgnoreRules& rules) {
  const auto sum_end = line.find(' ');
  const auto size_end = line.find(' ', sum_end + 1);
  if (sum_end == std::string_view::npos || size_end == std::string_view::npos) return true;
  const auto path = path_in(line.substr(size_end + 1), there);
  if (!path) return true;
  if (is_left_out_there(rules, *path)) return false;
  std::error_code error;
  if (fs::symlink_status(fs::path(here) / *path, error).type() != fs::file_type::regular)
    return true;
  const auto text = read_file_if_there(fs::path(here) / *path);
  return !text || std::to_string(posix_checksum(*text)) != line.substr(0, sum_end) ||
         std::to_string(text->size()) != line.substr(sum_end + 1, size_end - sum_end - 1);
}

/// The names in a folder that count.
bool folder_differs(const Names& names, const std::string& folder, const std::string& here,
                    const IgnoreRules& rules) {
  const auto counts = [&](const std::string& name) {
    return !name.starts_with(of_unison) &&
           !is_left_out_there(rules, folder.empty() ? name : folder + '/' + name);
  };
  Names wanted;
  for (const auto& name : names) {
    if (counts(name)) wanted.insert(name);
  }
  Names found;
  std::error_code error;
  fs::directory_iterator entry(fs::path(here) / folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    auto name = entry->path().filename().string();
    if (counts(name)) found.insert(std::move(name));
  }
  return error || wanted != found;
}

}  // namespace

std::uint32_t posix_checksum(std::string_view text) {
  constexpr std::uint32_t polynomial = 0x04C11DB7U;
  static const auto table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t byte = 0; byte < made.size(); ++byte) {
      std::uint32_t value = byte << 24U;
      for (int bit = 0; bit < 8; ++bit)
        value = (value << 1U) ^ ((value & 0x80000000U) != 0 ? polynomial : 0U);
      made[byte] = value;
    }
    return made;
  }();
  std::uint32_t sum = 0;
  const auto add = [&](unsigned char byte) { sum = (sum << 8U) ^ table[(sum >> 24U) ^ byte]; };
  for (const char c : text) add(static_cast<unsigned char>(c));
  for (auto size = text.size(); size > 0; size >>= 8U) add(static_cast<unsigned char>(size & 255U));
  return ~sum;
}

bool differs(std::string_view report, const std::string& here, const std::string& there,
             const IgnoreRules& rules) try {
  std::optional<std::string> folder;
  Names names;
  bool found = false;
  const auto end_folder = [&] {
    if (folder && !is_left_out_there(rules, *folder))
      found = found || folder_differs(names, *folder, here, rules);
    folder.reset();
    names.clear();
  };
  for (const auto line : split(report, '\n')) {
    if (line.empty()) continue;
    if (folder && line.starts_with("n ")) {
      names.emplace(line.substr(2));
      continue;
    }
    end_folder();
    if (line.starts_with("d ")) {
      folder = path_in(line.substr(2), there);
      if (!folder) return true;
    } else if (!line.starts_with("f ") || file_differs(line.substr(2), here, there, rules)) {
      return true;
    }
  }
  end_folder();
  return found;
} catch (const Error&) {  // it cannot be read here: a run says why
  return true;
}

}  // namespace fairlead
