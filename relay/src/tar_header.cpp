#include "tar_header.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace fairlead::relay {
namespace {

using Block = std::array<char, tar_block>;

/// Where fields begin, and their sizes.
struct Field {
  std::size_t at;
  std::size_t size;
};
constexpr Field name_field{0, 100};
constexpr Field mode_field{100, 8};
constexpr Field user_field{108, 8};
constexpr Field group_field{116, 8};
constexpr Field size_field{124, 12};
constexpr Field time_field{136, 12};
constexpr Field sum_field{148, 8};
constexpr std::size_t type_at = 156;
constexpr Field link_field{157, 100};
constexpr Field magic_field{257, 8};
constexpr Field prefix_field{345, 155};

void put(Block& block, Field field, std::string_view text) {
  std::copy_n(text.begin(), std::min(text.size(), field.size),
              block.begin() + static_cast<std::ptrdiff_t>(field.at));
}

/// Octal digits, or what does not fit in bytes with the first bit set.
void put(Block& block, Field field, std::uint64_t value) {
  const auto digits = field.size - 1;
  const bool fits = digits * 3 >= 64 || value >> (digits * 3) == 0;
  for (std::size_t i = digits; i > 0; --i) {
    auto& byte = block[field.at + i - (fits ? 1 : 0)];
    byte = fits ? static_cast<char>('0' + (value & 7U)) : static_cast<char>(value & 255U);
    value >>= fits ? 3U : 8U;
  }
  if (!fits) block[field.at] = static_cast<char>(0x80);
}

std::uint64_t number(const char* block, Field field) {
  const char* at = block + field.at;
  std::uint64_t value = 0;
  if ((static_cast<unsigned char>(*at) & 0x80U) != 0) {
    for (std::size_t i = 1; i < field.size; ++i)
      value = value << 8U | static_cast<unsigned char>(at[i]);
    return value;
  }
  std::string_view text(at, field.size);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return take_number(text, 8);
}

std::string_view words(const char* block, Field field) {
  const std::string_view text(block + field.at, field.size);
  return text.substr(0, std::min(text.find('\0'), text.size()));
}

std::uint64_t sum_of(const char* block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < tar_block; ++i) {
    const bool of_the_sum = i >= sum_field.at && i < sum_field.at + sum_field.size;
    sum += of_the_sum ? ' ' : static_cast<unsigned char>(block[i]);
  }
  return sum;
}

void append_block(Text& to, Block& block) {
  constexpr Field digits{sum_field.at, 7};  // a zero and a blank behind them
  const auto sum = sum_of(block.data());
  put(block, digits, sum);
  block[sum_field.at + 7] = ' ';
  to.insert(to.end(), block.begin(), block.end());
}

Block header_of(const TarEntry& entry) {
  Block block{};
  put(block, name_field, view(entry.name));
  put(block, mode_field, std::uint64_t{entry.mode});
  put(block, user_field, std::uint64_t{entry.user});
  put(block, group_field, std::uint64_t{entry.group});
  put(block, size_field, entry.size);
  put(block, time_field, static_cast<std::uint64_t>(std::max<std::int64_t>(entry.time, 0)));
  block[type_at] = entry.type;
  put(block, link_field, view(entry.link));
  put(block, magic_field, std::string_view("ustar  "));  // GNU's, as its long names are
  return block;
}

/// GNU's way: the text is the content of an entry before the one that it is about.
void append_long(Text& to, char type, const Text& text) {
  TarEntry entry{.type = type, .size = text.size() + 1};
  append(entry.name, "././@LongLink");
  auto block = header_of(entry);
  append_block(to, block);
  append(to, view(text));
  to.push_back(0);
  to.resize((to.size() + tar_block - 1) / tar_block * tar_block);
}

}  // namespace

void append_headers(Text& to, const TarEntry& entry) {
  if (entry.link.size() > link_field.size) append_long(to, 'K', entry.link);
  if (entry.name.size() > name_field.size) append_long(to, 'L', entry.name);
  auto block = header_of(entry);
  append_block(to, block);
}

bool is_zero(const char* block) {
  return std::all_of(block, block + tar_block, [](char c) { return c == 0; });
}

bool read_header(const char* block, TarEntry& entry) {
  if (number(block, sum_field) != sum_of(block)) return false;
  entry = {};
  const bool posix = std::string_view(block + magic_field.at, 6) == std::string_view("ustar\0", 6);
  if (const auto prefix = words(block, prefix_field); posix && !prefix.empty()) {
    append(entry.name, prefix);
    entry.name.push_back('/');
  }
  append(entry.name, words(block, name_field));
  append(entry.link, words(block, link_field));
  entry.type = block[type_at] == 0 ? '0' : block[type_at];
  entry.mode = static_cast<std::uint32_t>(number(block, mode_field) & 07777U);
  entry.user = static_cast<std::uint32_t>(number(block, user_field));
  entry.group = static_cast<std::uint32_t>(number(block, group_field));
  entry.size = number(block, size_field);
  entry.time = static_cast<std::int64_t>(number(block, time_field));
  return true;
}

}  // namespace fairlead::relay
