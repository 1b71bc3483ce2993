#include "features/archive.hpp"

#include "base/atomic_file.hpp"
#include "base/module.hpp"
#include "features/archive_table.hpp"
#include "features/safe_folder.hpp"

#include <fairlead/error.hpp>
#include <fairlead/unique_fd.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <memory>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t free_of_ratio = std::uint64_t{64} << 20U;

const ArchiveTable& table() {
  static const auto* const loaded = static_cast<const ArchiveTable*>(
      load_module(archive_module_file, archive_table_symbol, archive_table_version));
  return *loaded;
}

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
    self_.reset(table().open(fd_.get(), message.data(), message.size()));
    if (!self_) throw format(message.data());
  }

  bool next(ArchiveEntry& entry) {
    if (stop_.stop_requested()) {
      throw Error(Status::cancelled, "cancelled", "cancelled while an archive was unpacked");
    }
    const long result = table().next(self_.get(), &entry);
    if (result == archive_failed) throw format(table().message(self_.get()));
    if (result == archive_end) return false;
    if (++entries_ > limits_.entries) {
      throw too_large("more than " + std::to_string(limits_.entries) + " entries");
    }
    return true;
  }

  /// The current entry's bytes, piece by piece; empty at its end.
  std::string_view read() {
    const long count = table().read(self_.get(), buffer_.data(), buffer_.size());
    if (count < 0) throw format(table().message(self_.get()));
    bytes_ += static_cast<std::uint64_t>(count);
    if (bytes_ > limits_.total_bytes) {
      throw too_large("more than " + std::to_string(limits_.total_bytes) + " bytes");
    }
    if (bytes_ > free_of_ratio && bytes_ / limits_.ratio > table().consumed(self_.get())) {
      throw too_large("far more than its size allows to expect");
    }
    return {buffer_.data(), static_cast<std::size_t>(count)};
  }

 private:
  struct Close {
    void operator()(void* self) const { table().close(self); }
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

bool is_program(unsigned mode) { return (mode & 0111U) != 0; }

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

namespace {

class Writer {
 public:
  Writer() : self_(table().create(&bytes_, append)) {
    if (self_ == nullptr) throw failed();
  }
  ~Writer() {
    if (self_ != nullptr) table().finish(self_);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void add(const std::string& name, const fs::path& path) {
    const auto status = fs::symlink_status(path);
    if (fs::is_directory(status)) return add({.path = name, .type = archive_folder, .mode = 0755});
    if (fs::is_symlink(status)) {
      return add({.path = name, .link = fs::read_symlink(path), .type = archive_symlink});
    }
    if (!fs::is_regular_file(status)) {
      throw Error(Status::invalid, "archive.unsafe",
                  path.string() + " is neither file, folder nor link: it cannot be published.");
    }
    const auto content = read_file(path, std::size_t{1} << 30U);
    const auto bits = static_cast<unsigned>(status.permissions());
    add({.path = name, .mode = is_program(bits) ? 0755U : 0644U, .size = content.size()});
    if (!table().add_data(self_, content.data(), content.size())) throw failed();
  }

  std::string take() {
    void* self = std::exchange(self_, nullptr);
    if (!table().finish(self)) throw failed();
    return std::move(bytes_);
  }

 private:
  struct Item {
    std::string path;
    std::string link{};
    int type = archive_file;
    unsigned mode = 0777;
    std::uint64_t size = 0;
  };

  static bool append(void* context, const char* data, std::size_t size) {
    static_cast<std::string*>(context)->append(data, size);
    return true;
  }
  static Error failed() {
    return Error(Status::failed, "archive.read", "The archive could not be made.");
  }
  void add(const Item& item) {
    const ArchiveEntry entry{item.path.c_str(), item.link.c_str(), item.type, item.mode, item.size};
    if (!table().add(self_, &entry)) throw failed();
  }

  std::string bytes_;
  void* self_;
};

// Folders end with "/" and come before what they hold.
void add_folder(Writer& writer, const fs::path& folder, const std::string& name,
                const std::stop_token& stop) {
  if (stop.stop_requested()) {
    throw Error(Status::cancelled, "cancelled", "cancelled while an archive was made");
  }
  writer.add(name, folder);
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder)) entries.push_back(entry.path());
  std::sort(entries.begin(), entries.end());
  for (const auto& entry : entries) {
    const auto inner = name + entry.filename().string();
    if (fs::is_directory(fs::symlink_status(entry))) {
      add_folder(writer, entry, inner + '/', stop);
    } else {
      writer.add(inner, entry);
    }
  }
}

}  // namespace

std::string make_archive(const fs::path& folder, std::stop_token stop) {
  try {
    Writer writer;
    add_folder(writer, folder, "./", stop);
    return writer.take();
  } catch (const fs::filesystem_error& error) {
    throw Error(Status::failed, "archive.read",
                std::string("The archive could not be made: ") + error.what());
  }
}

}  // namespace fairlead
