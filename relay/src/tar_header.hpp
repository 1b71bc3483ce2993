#pragma once

#include "files.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fairlead::relay {

inline constexpr std::size_t tar_block = 512;

/// What one entry of an archive is.
struct TarEntry {
  Text name;
  Text link;
  char type = '0';
  std::uint32_t mode = 0644;
  std::uint32_t user = 0;
  std::uint32_t group = 0;
  std::uint64_t size = 0;
  std::int64_t time = 0;
};

/// Writes the header of an entry, and before it one with its name or link where these are long.
void append_headers(Text& to, const TarEntry& entry);

/// Reads a header of 512 bytes; names that extend over it are the caller's affair. False: it is
/// none.
bool read_header(const char* block, TarEntry& entry);
bool is_zero(const char* block);

}  // namespace fairlead::relay
