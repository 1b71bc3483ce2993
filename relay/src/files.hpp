#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

/// Small files and folders of /proc and /etc, without a C library.
namespace fairlead::relay {

using Text = std::vector<char>;

inline std::string_view view(const Text& text) { return {text.data(), text.size()}; }
inline void append(Text& text, std::string_view more) {
  text.insert(text.end(), more.begin(), more.end());
}
void append_number(Text& text, std::uint64_t number);

/// At most `most` bytes of it; nothing when it cannot be read.
Text read_file(const char* path, std::size_t most);
/// Where a symbolic link leads; empty: it is none, or it is not ours to see.
Text read_link(const char* path);
/// The entries of a folder whose names are numbers.
std::vector<std::uint32_t> numbers_in(const char* folder);

/// The digits that `text` begins with, which are taken off it.
std::uint64_t take_number(std::string_view& text, int base = 10);
/// The next word, separated by spaces or tabs; empty: there is none.
std::string_view take_word(std::string_view& text);
std::string_view take_line(std::string_view& text);

/// "/proc/12/fd" and the like, ended by a zero.
class ProcPath {
 public:
  ProcPath(std::uint64_t pid, std::string_view rest);
  ProcPath(std::uint64_t pid, std::string_view rest, std::uint64_t number);
  const char* c_str() const { return text_.data(); }

 private:
  Text text_;
};

}  // namespace fairlead::relay
