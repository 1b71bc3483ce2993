#include "features/archive.hpp"

#include "base/atomic_file.hpp"
#include "base/module.hpp"
#include "features/archive_module.hpp"
#include "features/safe_folder.hpp"

#include <fairlead/error.hpp>
#include <fairlead/unique_fd.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <memory>

namespace fairlead {

const ArchiveTable& archive_module() {
  static const auto* const loaded = static_cast<const ArchiveTable*>(
      load_module(archive_module_file, archive_table_symbol, archive_table_version));
  return *loaded;
}

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t free_of_ratio = std::uint64_t{64} << 20U;

/// One archive that is being read, and what it may still bring.
class Reader {
 public:
  Reader(const fs::path& path, const ArchiveLimits& limits, std::stop_token stop)
      : path_(path), limits_(limits), stop_(std::move(stop)) {
    fd_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd_) {
      throw Error(Status::not_found, "archive.read", path.string() + " cannot be opened.");
    }
    std::array<char, 256> message{};
    self_.reset(archive_module().open(fd_.get(), message.data(), message.size()));
    if (!self_) throw format(message.data());
  }

  bool next(ArchiveEntry& entry) {
    if (stop_.stop_requested()) {
      throw Error(Status::cancelled, "cancelled", "cancelled while an archive was unpacked");
    }
    const long result = archive_module().next(self_.get(), &entry);
    if (result == archive_failed) throw format(archive_module().message(self_.get()));
    if (result == archive_end) return false;
    if (++entries_ > limits_.entries) {
      throw too_large("more than " + std::to_string(limits_.entries) + " entries");
    }
    return true;
  }

  /// The current entry's bytes, piece by piece; empty at its end.
  std::string_view read() {
    const long count = archive_module().read(self_.get(), buffer_.data(), buffer_.size());
    if (count < 0) throw format(archive_module().message(self_.get()));
    bytes_ += static_cast<std::uint64_t>(count);
    if (bytes_ > limits_.total_bytes) {
      throw too_large("more than " + std::to_string(limits_.total_bytes) + " bytes");
    }
    if (bytes_ > free_of_ratio && bytes_ / limits_.ratio > archive_module().consumed(self_.get())) {
      throw too_large("far more than its size allows to expect");
    }
    return {buffer_.data(), static_cast<std::size_t>(count)};
  }

 private:
  struct Close {
    void operator()(void* self) const { archive_module().close(self); }
  };

  Error format(const std::string& why) const {
    return Error(
        Status::invalid, "archive.format",
        path_.filename().string() + " is not an archive that can be unpacked: " + why + ".");
  }
  Error too_large(const std::string& what) const {
    return Error(Status::invalid, "archive.too_large",
                 path_.filename().string() + " unpacks to " + what + ".",
                 "Nothing of it is used. Ask who published it.");
  }

  fs::path path_;
  ArchiveLimits limits_;
  std::stop_token stop_;
  UniqueFd fd_;
  std::unique_ptr<void, Close> self_;
  std::array<char, 65536> buffer_{};
  std::uint64_t entries_ = 0;
  std::uint64_t bytes_ = 0;
};

void write_entry(SafeFolder& folder, const std::string& path, const ArchiveEntry& entry,
                 Reader& reader) {
  switch (entry.type) {
    case archive_folder:
      return folder.add_folder(path);
    case archive_symlink:
      return folder.add_symlink(path, entry.link);
    case archive_hardlink:
      return folder.add_hardlink(path, relative_entry(entry.link));
    case archive_file:
      break;
    default:
      throw Error(Status::invalid, "archive.unsafe",
                  "The archive holds a device or pipe, '" + path + "'.");
  }
  auto file = folder.add_file(path, is_program(entry.mode));
  for (auto piece = reader.read(); !piece.empty(); piece = reader.read()) file.write(piece);
  file.close();
}

}  // namespace

std::vector<std::string> extract_archive(const fs::path& archive, const fs::path& folder,
                                         const ArchiveLimits& limits, std::stop_token stop,
                                         const ArchiveFilter& wanted) {
  Reader reader(archive, limits, std::move(stop));
  SafeFolder target(folder);
  std::vector<std::string> files;
  ArchiveEntry entry{};
  while (reader.next(entry)) {
    const auto path = relative_entry(entry.path);
    if (path.empty() || (wanted && !wanted(path))) continue;
    write_entry(target, path, entry, reader);
    if (entry.type != archive_folder) files.push_back(path);
  }
  target.check_links();
  return files;
}

}  // namespace fairlead
