#include "tar_stream.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>

namespace fairlead::engine {
namespace {

constexpr std::size_t block = 512;

/// Fields of a ustar header: offset and length.
struct Field {
  std::size_t offset;
  std::size_t size;
};
constexpr Field name_field{0, 100}, mode_field{100, 8}, uid_field{108, 8}, gid_field{116, 8};
constexpr Field size_field{124, 12}, time_field{136, 12}, sum_field{148, 8}, link_field{157, 100};
constexpr std::size_t type_at = 156;

using Header = std::array<char, block>;

Error unreadable(const std::string& path, int fault) {
  return Error(Status::failed, "image.build_file",
               "'" + path + "' of the build context cannot be read: " + std::strerror(fault) + ".",
               "A .dockerignore keeps files out of the build context.");
}

void put_number(Header& header, Field field, std::uint64_t number) {
  const auto digits = static_cast<int>(field.size) - 1;
  if (number >> (3 * digits) != 0) {  // too big for octal: GNU's base 256
    for (std::size_t i = field.size; i-- > 1; number >>= 8U) {
      header[field.offset + i] = static_cast<char>(number & 0xFFU);
    }
    header[field.offset] = static_cast<char>(0x80);
    return;
  }
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%0*llo", digits,
                static_cast<unsigned long long>(number));
  std::copy_n(text.data(), digits, header.data() + field.offset);
}

void put_text(Header& header, Field field, std::string_view text) {
  std::copy_n(text.data(), std::min(text.size(), field.size), header.data() + field.offset);
}

void put_checksum(Header& header) {
  std::fill_n(header.data() + sum_field.offset, sum_field.size, ' ');
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  std::snprintf(header.data() + sum_field.offset, sum_field.size, "%06o", sum);
}

std::size_t padding_of(std::size_t size) { return (block - size % block) % block; }

struct Meta {
  char type = '0';
  unsigned mode = 0644;
  std::uint64_t size = 0;
  std::uint64_t time = 0;
  std::string link;
};

std::string plain_header(std::string_view name, const Meta& meta) {
  Header header{};
  put_text(header, name_field, name);
  put_number(header, mode_field, meta.mode);
  put_number(header, uid_field, 0);
  put_number(header, gid_field, 0);
  put_number(header, size_field, meta.size);
  put_number(header, time_field, meta.time);
  header[type_at] = meta.type;
  put_text(header, link_field, meta.link);
  constexpr std::string_view magic("ustar  \0", 8);  // GNU's, for its long names
  put_text(header, {257, 8}, magic);
  put_checksum(header);
  return {header.data(), header.size()};
}

std::string long_text(char type, const std::string& text) {
  Meta meta{type, 0644, text.size() + 1, 0, {}};
  return plain_header("././@LongLink", meta) + text + '\0' +
         std::string(padding_of(text.size() + 1), '\0');
}

std::string header_of(const std::string& name, const Meta& meta) {
  std::string out;
  if (meta.link.size() > link_field.size) out += long_text('K', meta.link);
  if (name.size() > name_field.size) out += long_text('L', name);
  return out + plain_header(name, meta);
}

std::string link_target(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  const auto size = ::readlink(path.c_str(), target.data(), target.size());
  if (size < 0) throw unreadable(path, errno);
  return {target.data(), static_cast<std::size_t>(size)};
}

}  // namespace

void TarStream::next_entry() {
  handed_ = 0;
  ready_.clear();
  if (next_ == entries_.size()) {
    if (!ended_) ready_.assign(2 * block, '\0');
    ended_ = true;
    return;
  }
  const auto& entry = entries_[next_++];
  if (entry.path.empty()) {
    ready_ = header_of(entry.name, {'0', 0644, entry.text.size(), 0, {}}) + entry.text +
             std::string(padding_of(entry.text.size()), '\0');
    return;
  }
  struct stat info {};
  if (::lstat(entry.path.c_str(), &info) != 0) throw unreadable(entry.path, errno);
  Meta meta{'0', info.st_mode & 07777U, 0, static_cast<std::uint64_t>(info.st_mtime), {}};
  auto name = entry.name;
  if (S_ISDIR(info.st_mode)) {
    meta.type = '5';
    name += '/';
  } else if (S_ISLNK(info.st_mode)) {
    meta.type = '2';
    meta.link = link_target(entry.path);
  } else if (S_ISREG(info.st_mode)) {
    file_ = UniqueFd(::open(entry.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file_) throw unreadable(entry.path, errno);
    meta.size = static_cast<std::uint64_t>(info.st_size);
    file_left_ = meta.size;
    padding_ = padding_of(meta.size);
  } else {
    return;  // sockets, pipes and devices do not travel
  }
  ready_ = header_of(name, meta);
}

void TarStream::read_file(char* data, std::size_t size) {
  while (size > 0) {
    const auto got = file_ ? ::read(file_.get(), data, size) : 0;
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      std::fill_n(data, size, '\0');
      file_.reset();
      return;
    }
    data += got;
    size -= static_cast<std::size_t>(got);
  }
}

std::size_t TarStream::read(char* data, std::size_t size) {
  for (;;) {
    if (handed_ < ready_.size()) {
      const auto part = std::min(size, ready_.size() - handed_);
      std::copy_n(ready_.data() + handed_, part, data);
      handed_ += part;
      return part;
    }
    if (file_left_ > 0) {
      const auto part = std::min(size, file_left_);
      read_file(data, part);
      file_left_ -= part;
      return part;
    }
    if (padding_ > 0) {
      handed_ = 0;
      ready_.assign(padding_, '\0');
      padding_ = 0;
      continue;
    }
    file_.reset();
    if (ended_) return 0;
    next_entry();
  }
}

}  // namespace fairlead::engine
