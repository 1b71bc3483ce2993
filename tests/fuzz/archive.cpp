#include "features/archive.hpp"

#include "input.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

using namespace fairlead;
namespace fs = std::filesystem;

namespace {

/// In memory, so that the disk is not what is tested.
const fs::path& sandbox() {
  static const fs::path folder = fs::path("/dev/shm") / ("fl-fuzz-" + std::to_string(::getpid()));
  return folder;
}

/// One entry with a right checksum, which no mutation would find.
std::string entry(char type, std::string_view path, std::string_view link) {
  std::string head(512, '\0');
  const auto put = [&head](std::size_t at, std::string_view text, std::size_t room) {
    head.replace(at, std::min(text.size(), room), text.substr(0, room));
  };
  put(0, path, 100);
  put(100, "0000755", 8);
  put(124, "00000000000", 12);
  put(148, "        ", 8);
  head[156] = type;
  put(157, link, 100);
  put(257, std::string_view("ustar\00000", 8), 8);
  unsigned sum = 0;
  for (const char c : head) sum += static_cast<unsigned char>(c);
  std::array<char, 8> octal{};
  std::snprintf(octal.data(), octal.size(), "%06o", sum);
  put(148, octal.data(), 7);
  return head;
}

/// Lines of type, path and link, with "|" between them, as a tar; what begins with "!" is taken as
/// the archive itself.
std::string archive_of(std::string_view text) {
  if (text.starts_with('!')) return std::string(text.substr(1));
  std::string tar;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty()) continue;
    const auto bar = line.find('|');
    const auto path =
        line.substr(1, bar == std::string_view::npos ? bar : std::max<std::size_t>(bar, 1) - 1);
    tar += entry(line[0], path, bar == std::string_view::npos ? "" : line.substr(bar + 1));
  }
  return tar + std::string(1024, '\0');
}

void look_around(const fs::path& inside, bool unpacked) {
  std::size_t entries = 0;
  for ([[maybe_unused]] const auto& one : fs::directory_iterator(sandbox())) ++entries;
  fuzz::require(entries <= 1);
  if (!unpacked) return;
  const auto root = fs::canonical(inside).string() + '/';
  for (const auto& one : fs::recursive_directory_iterator(inside)) {
    if (!one.is_symlink()) continue;
    fuzz::require((fs::weakly_canonical(one.path()).string() + '/').starts_with(root));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto tar = archive_of(fuzz::text_of(data, size));
  const int file = ::memfd_create("archive", MFD_CLOEXEC);
  fuzz::require(::write(file, tar.data(), tar.size()) == static_cast<ssize_t>(tar.size()));
  const auto inside = sandbox() / "inside";
  fs::create_directories(sandbox());
  std::string code;
  const bool unpacked = fuzz::answers([&] {
    try {
      extract_archive("/proc/self/fd/" + std::to_string(file), inside,
                      {.total_bytes = 1U << 20U, .entries = 100}, {});
    } catch (const Error& error) {
      code = error.code();
      throw;
    }
  });
  fuzz::require(!code.starts_with("module."));  // or nothing would be tested
  look_around(inside, unpacked);
  fs::remove_all(sandbox());
  ::close(file);
  return 0;
}
