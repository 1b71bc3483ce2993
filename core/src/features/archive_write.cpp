#include "features/archive.hpp"
#include "features/archive_module.hpp"

#include <fairlead/error.hpp>
#include <fairlead/unique_fd.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

class Writer {
 public:
  using Sink = std::function<bool(std::string_view)>;

  explicit Writer(Sink sink)
      : sink_(std::move(sink)), self_(archive_module().create(&sink_, pass_on)) {
    if (self_ == nullptr) throw failed();
  }
  ~Writer() {
    if (self_ != nullptr) archive_module().finish(self_);
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
    const auto bits = static_cast<unsigned>(status.permissions());
    add_file(path, {.path = name, .mode = is_program(bits) ? 0755U : 0644U});
  }

  void finish() {
    void* self = std::exchange(self_, nullptr);
    if (!archive_module().finish(self)) throw failed();
  }

 private:
  struct Item {
    std::string path;
    std::string link{};
    int type = archive_file;
    unsigned mode = 0777;
    std::uint64_t size = 0;
  };

  static bool pass_on(void* context, const char* data, std::size_t size) {
    return (*static_cast<Sink*>(context))({data, size});
  }
  static Error failed() {
    return Error(Status::failed, "archive.read", "The archive could not be made.");
  }
  void add(const Item& item) {
    const ArchiveEntry entry{item.path.c_str(), item.link.c_str(), item.type, item.mode, item.size};
    if (!archive_module().add(self_, &entry)) throw failed();
  }

  // The header says the size: what grows or shrinks while it is read cannot be packed.
  void add_file(const fs::path& path, Item item) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info {};
    if (!file || ::fstat(file.get(), &info) != 0) throw unreadable(path);
    item.size = static_cast<std::uint64_t>(info.st_size);
    add(item);
    std::array<char, 65536> buffer{};
    std::uint64_t left = item.size;
    while (left > 0) {
      const auto count =
          ::read(file.get(), buffer.data(), std::min<std::uint64_t>(left, buffer.size()));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) throw unreadable(path);
      if (!archive_module().add_data(self_, buffer.data(), static_cast<std::size_t>(count)))
        throw failed();
      left -= static_cast<std::uint64_t>(count);
    }
  }
  static Error unreadable(const fs::path& path) {
    return Error(Status::failed, "archive.read", path.string() + " cannot be read to its end.");
  }

  Sink sink_;
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

void pack(const fs::path& folder, Writer::Sink sink, const std::stop_token& stop) {
  try {
    Writer writer(std::move(sink));
    add_folder(writer, folder, "./", stop);
    writer.finish();
  } catch (const fs::filesystem_error& error) {
    throw Error(Status::failed, "archive.read",
                std::string("The archive could not be made: ") + error.what());
  }
}

Error write_error(const fs::path& file) {
  return Error(
      Status::failed, "archive.write",
      file.string() + " cannot be written: " + std::generic_category().message(errno) + ".");
}

}  // namespace

std::string make_archive(const fs::path& folder, std::stop_token stop) {
  std::string bytes;
  const auto append = [&bytes](std::string_view piece) {
    bytes += piece;
    return true;
  };
  pack(folder, append, stop);
  return bytes;
}

void write_archive(const fs::path& folder, const fs::path& file, std::stop_token stop) {
  const fs::path part = file.string() + ".part." + std::to_string(::getpid());
  try {
    const UniqueFd out(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!out) throw write_error(file);
    std::optional<Error> fault;
    const auto write = [&](std::string_view piece) {
      while (!fault && !piece.empty()) {
        const auto count = ::write(out.get(), piece.data(), piece.size());
        if (count < 0 && errno != EINTR) fault = write_error(file);
        if (count > 0) piece.remove_prefix(static_cast<std::size_t>(count));
      }
      return !fault;
    };
    try {
      pack(folder, write, stop);
    } catch (const Error&) {
      if (fault) throw *fault;
      throw;
    }
    if (::rename(part.c_str(), file.c_str()) != 0) throw write_error(file);
  } catch (const Error&) {
    ::unlink(part.c_str());
    throw;
  }
}

}  // namespace fairlead
