#include "archive.hpp"
#include "standard_stream.hpp"
#include "tar_header.hpp"

#include <linux/stat.h>

#include <algorithm>
#include <array>

namespace fairlead::relay {
namespace {

constexpr std::size_t piece = 65536;
constexpr std::size_t most_link = 65536;
constexpr int no_follow = 0x100;  // AT_SYMLINK_NOFOLLOW
constexpr int most_depth = 1000;
constexpr std::uint32_t any_type = 0170000;
constexpr std::uint32_t regular = 0100000;
constexpr std::uint32_t folder_type = 0040000;
constexpr std::uint32_t link_type = 0120000;

/// What getdents64 tells.
struct DirectoryEntry {
  std::uint64_t inode;
  std::int64_t offset;
  unsigned short size;
  unsigned char type;
  char name[1];  // and on
};

long open_in(int folder, const char* name, int how) {
  return sys::call(SYS_openat, folder, sys::address(name), how | O_CLOEXEC);
}

class Packing {
 public:
  int run(const char* path) {
    std::string_view text(path);
    while (text.size() > 1 && text.back() == '/') text.remove_suffix(1);
    const auto slash = text.rfind('/');
    append(path_, slash == text.npos ? text : text.substr(slash + 1));
    if (path_.empty()) path_.push_back('.');
    Text ended;
    append(ended, text);
    ended.push_back(0);
    long result = add(AT_FDCWD, ended.data(), 0);
    const std::array<char, 2 * tar_block> end{};
    if (result == 0) result = write_fully(1, {end.data(), end.size()});
    return result == 0 ? 0 : complain(view(path_), result);
  }

 private:
  /// 0, or minus the number of an error. `path_` is the entry's name in the archive.
  long add(int folder, const char* name, int depth) {
    struct statx about {};
    const long known = sys::call(SYS_statx, folder, sys::address(name), no_follow,
                                 STATX_BASIC_STATS, sys::address(&about));
    if (known < 0) return depth > 0 && known == -ENOENT ? 0 : known;  // gone meanwhile
    TarEntry entry{.name = path_,
                   .mode = about.stx_mode & 07777U,
                   .user = about.stx_uid,
                   .group = about.stx_gid,
                   .time = about.stx_mtime.tv_sec};
    switch (about.stx_mode & any_type) {
      case regular:
        entry.size = about.stx_size;
        return add_file(folder, name, entry);
      case folder_type:
        return add_folder(folder, name, entry, depth);
      case link_type:
        return add_link(folder, name, entry);
      default:
        return 0;
    }
  }

  long put_headers(const TarEntry& entry) {
    Text headers;
    append_headers(headers, entry);
    return write_fully(1, view(headers));
  }

  /// Of exactly the size that the header says, whatever becomes of the file meanwhile.
  long add_file(int folder, const char* name, const TarEntry& entry) {
    const long file = open_in(folder, name, O_RDONLY | O_NOFOLLOW);
    if (file < 0) return file;
    long result = put_headers(entry);
    Text buffer(piece);
    const auto padded = (entry.size + tar_block - 1) / tar_block * tar_block;
    auto left = entry.size;
    for (std::uint64_t done = 0; result == 0 && done < padded;) {
      const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(padded - done, piece));
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, now));
      const long got = read_fully(static_cast<int>(file), buffer.data(), wanted);
      std::fill(buffer.begin() + std::max(got, 0L),
                buffer.begin() + static_cast<std::ptrdiff_t>(now), '\0');
      left -= wanted;
      done += now;
      result = write_fully(1, {buffer.data(), now});
    }
    sys::close(static_cast<int>(file));
    return result;
  }

  long add_link(int folder, const char* name, TarEntry& entry) {
    entry.type = '2';
    entry.link.resize(most_link);
    const long size = sys::call(SYS_readlinkat, folder, sys::address(name),
                                sys::address(entry.link.data()), most_link);
    if (size < 0) return size;
    entry.link.resize(static_cast<std::size_t>(size));
    return put_headers(entry);
  }

  long add_folder(int folder, const char* name, TarEntry& entry, int depth) {
    if (depth > most_depth) return -EINVAL;
    entry.type = '5';
    entry.name.push_back('/');
    if (const long result = put_headers(entry); result < 0) return result;
    const long opened = open_in(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (opened < 0) return opened;
    const long result = add_content(static_cast<int>(opened), depth);
    sys::close(static_cast<int>(opened));
    return result;
  }

  long add_content(int folder, int depth) {
    alignas(DirectoryEntry) std::array<char, 8192> buffer;
    for (;;) {
      const long got =
          sys::call(SYS_getdents64, folder, sys::address(buffer.data()), buffer.size());
      if (got <= 0) return got;
      for (long at = 0; at < got;) {
        const auto* entry = reinterpret_cast<const DirectoryEntry*>(buffer.data() + at);
        at += entry->size;
        const std::string_view name(entry->name);
        if (name == "." || name == "..") continue;
        const auto before = path_.size();
        path_.push_back('/');
        append(path_, name);
        if (const long result = add(folder, entry->name, depth + 1); result < 0) return result;
        path_.resize(before);
      }
    }
  }

  Text path_;
};

}  // namespace

int pack(const char* path) { return Packing().run(path); }

}  // namespace fairlead::relay
