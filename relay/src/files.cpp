#include "files.hpp"

#include <fairlead/relay/sys.hpp>

#include <algorithm>
#include <array>

namespace fairlead::relay {
namespace {

struct Entry {  // as the kernel lays it out
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t size;
  std::uint8_t type;
  char name[1];  // and on
};

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return 99;
}

bool is_space(char c) { return c == ' ' || c == '\t'; }

}  // namespace

void append_number(Text& text, std::uint64_t number) {
  std::array<char, 20> digits;
  std::size_t count = 0;
  do {
    digits[count++] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number > 0);
  while (count > 0) text.push_back(digits[--count]);
}

Text read_file(const char* path, std::size_t most) {
  Text text;
  const int fd = sys::open(path, O_RDONLY);
  if (fd < 0) return text;
  text.resize(most);
  std::size_t size = 0;
  while (size < most) {
    const long got = sys::read(fd, text.data() + size, most - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  sys::close(fd);
  text.resize(size);
  return text;
}

Text read_link(const char* path) {
  Text text(128);
  const long size =
      sys::call(SYS_readlinkat, AT_FDCWD, sys::address(path), sys::address(text.data()), 128);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

std::vector<std::uint32_t> numbers_in(const char* folder) {
  std::vector<std::uint32_t> numbers;
  const int fd = sys::open(folder, O_RDONLY | O_DIRECTORY);
  if (fd < 0) return numbers;
  alignas(Entry) std::array<char, 4096> buffer;
  for (;;) {
    const long size = sys::call(SYS_getdents64, fd, sys::address(buffer.data()), buffer.size());
    if (size <= 0) break;
    for (long at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const Entry*>(buffer.data() + at);
      std::string_view name(entry->name);
      if (!name.empty() && digit_of(name.front()) < 10) {
        numbers.push_back(static_cast<std::uint32_t>(take_number(name)));
      }
      at += entry->size;
    }
  }
  sys::close(fd);
  return numbers;
}

std::uint64_t take_number(std::string_view& text, int base) {
  std::uint64_t number = 0;
  while (!text.empty() && digit_of(text.front()) < base) {
    number = number * static_cast<std::uint64_t>(base) +
             static_cast<std::uint64_t>(digit_of(text.front()));
    text.remove_prefix(1);
  }
  return number;
}

std::string_view take_word(std::string_view& text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  std::size_t size = 0;
  while (size < text.size() && !is_space(text[size])) ++size;
  const auto word = text.substr(0, size);
  text.remove_prefix(size);
  return word;
}

std::string_view take_line(std::string_view& text) {
  const auto end = std::find(text.begin(), text.end(), '\n');
  const auto size = static_cast<std::size_t>(end - text.begin());
  const auto line = text.substr(0, size);
  text.remove_prefix(std::min(size + 1, text.size()));
  return line;
}

ProcPath::ProcPath(std::uint64_t pid, std::string_view rest) {
  append(text_, "/proc/");
  append_number(text_, pid);
  append(text_, rest);
  text_.push_back(0);
}

ProcPath::ProcPath(std::uint64_t pid, std::string_view rest, std::uint64_t number)
    : ProcPath(pid, rest) {
  text_.pop_back();
  append_number(text_, number);
  text_.push_back(0);
}

}  // namespace fairlead::relay
