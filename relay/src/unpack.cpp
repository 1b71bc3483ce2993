#include "archive.hpp"
#include "standard_stream.hpp"
#include "tar_header.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace fairlead::relay {
namespace {

constexpr std::size_t piece = 65536;
constexpr std::size_t most_text = 65536;
constexpr int no_follow = 0x100;      // AT_SYMLINK_NOFOLLOW
constexpr int remove_folder = 0x200;  // AT_REMOVEDIR
constexpr std::uint32_t fifo = 0010000;
constexpr std::uint32_t folder_mode = 0755;

struct KernelTime {
  std::int64_t seconds;
  std::int64_t nanoseconds;
};

/// A descriptor that is closed again.
class Fd {
 public:
  explicit Fd(long fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) sys::close(get());
  }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return static_cast<int>(fd_); }
  long error() const { return fd_ < 0 ? fd_ : 0; }

 private:
  long fd_;
};

Fd open_in(int folder, const char* name, int how) {
  return Fd(sys::call(SYS_openat, folder, sys::address(name), how | O_CLOEXEC, 0600));
}

/// A name ended by a zero.
class Name {
 public:
  explicit Name(std::string_view text) {
    append(text_, text);
    text_.push_back(0);
  }
  const char* c_str() const { return text_.data(); }

 private:
  Text text_;
};

class Unpacking {
 public:
  explicit Unpacking(const char* folder) : root_(open_in(AT_FDCWD, folder, O_PATH | O_DIRECTORY)) {
    append(current_, folder);
  }

  int run() {
    if (root_.error() != 0) return complain(view(current_), root_.error());
    for (;;) {
      std::array<char, tar_block> block;
      const long got = read_fully(0, block.data(), block.size());
      if (got == 0) return 0;
      if (got != static_cast<long>(block.size())) return complain("archive", -EBADMSG);
      if (is_zero(block.data())) continue;  // the end, and what may come behind it
      if (!read_header(block.data(), entry_)) return complain("archive", -EBADMSG);
      const long result = take_entry();
      if (result < 0) return complain(view(current_), result);
    }
  }

 private:
  /// 0, or minus the number of an error.
  long take_entry() {
    switch (entry_.type) {
      case 'L':
        return read_text(name_);
      case 'K':
        return read_text(link_);
      case 'x':
        return read_records();
      case 'g':
        return skip(entry_.size);
      default:
        break;
    }
    if (!name_.empty()) entry_.name = std::exchange(name_, {});
    if (!link_.empty()) entry_.link = std::exchange(link_, {});
    if (has_size_) entry_.size = size_;
    has_size_ = false;
    has_data_ = std::exchange(has_records_, false) && entry_.size > 0;
    current_ = entry_.name;
    return make();
  }

  long read_text(Text& text) {
    if (entry_.size > most_text) return -EINVAL;
    text.resize(static_cast<std::size_t>(entry_.size));
    if (read_fully(0, text.data(), text.size()) != static_cast<long>(text.size())) return -EBADMSG;
    while (!text.empty() && text.back() == 0) text.pop_back();
    return skip_padding();
  }

  /// "LENGTH NAME=VALUE\n" and so on.
  long read_records() {
    has_records_ = true;
    Text records;
    if (const long result = read_text(records); result < 0) return result;
    for (auto rest = view(records); !rest.empty();) {
      auto record = rest;
      const auto size = static_cast<std::size_t>(take_number(record));
      if (size == 0 || size > rest.size() || record.empty()) return -EBADMSG;
      const auto head = rest.size() - record.size() + 1;
      if (size < head + 1) return -EBADMSG;
      take_record(rest.substr(head, size - head - 1));
      rest.remove_prefix(size);
    }
    return 0;
  }

  void take_record(std::string_view record) {
    const auto equals = record.find('=');
    if (equals == record.npos) return;
    const auto name = record.substr(0, equals);
    auto value = record.substr(equals + 1);
    if (name == "path") name_.assign(value.begin(), value.end());
    if (name == "linkpath") link_.assign(value.begin(), value.end());
    if (name == "size") {
      size_ = take_number(value);
      has_size_ = true;
    }
  }

  long skip(std::uint64_t size) {
    Text buffer(piece);
    const auto padded = (size + tar_block - 1) / tar_block * tar_block;
    for (auto left = padded; left > 0;) {
      const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece));
      if (read_fully(0, buffer.data(), now) != static_cast<long>(now)) return -EBADMSG;
      left -= now;
    }
    return 0;
  }
  long skip_padding() {
    std::array<char, tar_block> rest;
    const auto size = (tar_block - entry_.size % tar_block) % tar_block;
    const auto got = read_fully(0, rest.data(), static_cast<std::size_t>(size));
    return got == static_cast<long>(size) ? 0 : -EBADMSG;
  }

  /// The folder that a name is in, made where it is missing, and the name's last part; an empty
  /// part: the root itself. Links in between are not followed.
  long walk(std::string_view path, bool make_missing, Fd& folder, std::string_view& last) {
    folder = open_in(root_.get(), ".", O_PATH | O_DIRECTORY);
    last = {};
    while (!path.empty()) {
      const auto end = std::min(path.find('/'), path.size());
      const auto part = path.substr(0, end);
      path.remove_prefix(std::min(end + 1, path.size()));
      if (part.empty() || part == ".") continue;
      if (part == ".." || part.find('\0') != part.npos) return -EINVAL;
      if (!last.empty()) {
        const Name name(last);
        auto next = open_in(folder.get(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW);
        if (next.error() == -ENOENT && make_missing) {
          sys::call(SYS_mkdirat, folder.get(), sys::address(name.c_str()), folder_mode);
          next = open_in(folder.get(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW);
        }
        if (next.error() != 0) return next.error();
        folder = std::move(next);
      }
      last = part;
    }
    return folder.error();
  }

  long make() {
    Fd folder(-1);
    std::string_view last;
    if (const long result = walk(view(entry_.name), true, folder, last); result < 0) return result;
    if (last.empty()) return skip(entry_.size);
    const Name name(last);
    switch (entry_.type) {
      case '0':
      case '7':
        return make_file(folder.get(), name.c_str());
      case '1':
        return make_hard_link(folder.get(), name.c_str());
      case '2':
        return make_link(folder.get(), name.c_str());
      case '5':
        return make_folder(folder.get(), name.c_str());
      case '6':
        clear(folder.get(), name.c_str());
        return sys::call(SYS_mknodat, folder.get(), sys::address(name.c_str()),
                         static_cast<long>(fifo | entry_.mode), 0);
      default:
        return skip(entry_.size);  // devices belong to the environment
    }
  }

  static void clear(int folder, const char* name) {
    if (sys::call(SYS_unlinkat, folder, sys::address(name), 0) == -EISDIR)
      sys::call(SYS_unlinkat, folder, sys::address(name), remove_folder);
  }

  long make_file(int folder, const char* name) {
    clear(folder, name);
    const auto file = open_in(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (file.error() != 0) return file.error();
    Text buffer(piece);
    for (auto left = entry_.size; left > 0;) {
      const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece));
      if (read_fully(0, buffer.data(), now) != static_cast<long>(now)) return -EBADMSG;
      if (const long put = write_fully(file.get(), {buffer.data(), now}); put < 0) return put;
      left -= now;
    }
    // Best effort: only root may give files away.
    sys::call(SYS_fchown, file.get(), static_cast<long>(entry_.user),
              static_cast<long>(entry_.group));
    sys::call(SYS_fchmod, file.get(), static_cast<long>(entry_.mode));
    set_time(folder, name);
    return skip_padding();
  }

  void set_time(int folder, const char* name) const {
    const KernelTime times[2] = {{entry_.time, 0}, {entry_.time, 0}};
    sys::call(SYS_utimensat, folder, sys::address(name), sys::address(times), no_follow);
  }

  void give_away(int folder, const char* name) const {
    sys::call(SYS_fchownat, folder, sys::address(name), static_cast<long>(entry_.user),
              static_cast<long>(entry_.group), no_follow);
  }

  long make_folder(int folder, const char* name) {
    long result = sys::call(SYS_mkdirat, folder, sys::address(name), folder_mode);
    if (result == -EEXIST) {
      if (open_in(folder, name, O_PATH | O_DIRECTORY | O_NOFOLLOW).error() != 0) {
        clear(folder, name);
        result = sys::call(SYS_mkdirat, folder, sys::address(name), folder_mode);
      } else {
        result = 0;
      }
    }
    if (result < 0) return result;
    give_away(folder, name);
    sys::call(SYS_fchmodat, folder, sys::address(name), static_cast<long>(entry_.mode));
    return skip(entry_.size);
  }

  long make_link(int folder, const char* name) {
    clear(folder, name);
    const Name target(view(entry_.link));
    const long result =
        sys::call(SYS_symlinkat, sys::address(target.c_str()), folder, sys::address(name));
    if (result < 0) return result;
    give_away(folder, name);
    set_time(folder, name);
    return 0;
  }

  /// The size in the header of a link says nothing, unless the archive has records for it, as POSIX
  /// wants it: then the data follows once more, for those who cannot link.
  long make_hard_link(int folder, const char* name) {
    const long result = link_to_another(folder, name);
    if (!has_data_) return result;
    return result == 0 ? skip(entry_.size) : make_file(folder, name);
  }

  long link_to_another(int folder, const char* name) {
    Fd there(-1);
    std::string_view last;
    if (const long result = walk(view(entry_.link), false, there, last); result < 0) return result;
    if (last.empty()) return -EINVAL;
    const Name target(last);
    clear(folder, name);
    return sys::call(SYS_linkat, there.get(), sys::address(target.c_str()), folder,
                     sys::address(name), 0);
  }

  Fd root_;
  TarEntry entry_;
  Text current_;
  Text name_;  ///< said by an entry before the one that it is about
  Text link_;
  std::uint64_t size_ = 0;
  bool has_size_ = false;
  bool has_records_ = false;
  bool has_data_ = false;  ///< a link's
};

}  // namespace

int unpack(const char* folder) { return Unpacking(folder).run(); }

}  // namespace fairlead::relay
