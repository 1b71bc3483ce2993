#include <fairlead/relay/wire.hpp>

#include <algorithm>

namespace fairlead::relay {
namespace {

constexpr std::size_t most_text = 60000;

void put(std::uint64_t value, std::size_t size, char* to) {
  for (std::size_t i = 0; i < size; ++i) to[i] = static_cast<char>(value >> (8 * i));
}

std::uint64_t get(std::size_t size, const char* from) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(from[i])) << (8 * i);
  }
  return value;
}

}  // namespace

std::uint64_t fnv(std::span<const char> bytes, std::uint64_t seed) {
  for (const char c : bytes) {
    seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return seed;
}

PayloadWriter& PayloadWriter::number(std::uint64_t value, int size) {
  for (int i = 0; i < size; ++i) bytes_.push_back(static_cast<char>(value >> (8 * i)));
  return *this;
}

PayloadWriter& PayloadWriter::text(std::string_view value) {
  value = value.substr(0, std::min(value.size(), most_text));
  u16(static_cast<std::uint16_t>(value.size()));
  bytes_.insert(bytes_.end(), value.begin(), value.end());
  return *this;
}

std::uint64_t PayloadReader::number(std::size_t size) {
  if (bytes_.size() < size) {
    ok_ = false;
    bytes_ = {};
    return 0;
  }
  const auto value = get(size, bytes_.data());
  bytes_ = bytes_.subspan(size);
  return value;
}

std::string_view PayloadReader::text() {
  const std::size_t size = u16();
  if (bytes_.size() < size) {
    ok_ = false;
    bytes_ = {};
    return {};
  }
  const std::string_view text(bytes_.data(), size);
  bytes_ = bytes_.subspan(size);
  return text;
}

void encode_header(const Header& header, char* to) {
  put(header.channel, 4, to);
  put(header.size | (static_cast<std::uint32_t>(header.type) << 24U), 4, to + 4);
}

Header decode_header(const char* from) {
  const auto word = static_cast<std::uint32_t>(get(4, from + 4));
  return {static_cast<FrameType>(word >> 24U), static_cast<std::uint32_t>(get(4, from)),
          word & 0xffffffU};
}

bool is_possible(const Header& header) {
  return header.type >= FrameType::open_tcp && header.type <= FrameType::pong &&
         header.size <= most_payload;
}

void encode_greeting(const Greeting& greeting, char* to) {
  std::copy(magic.begin(), magic.end(), to);
  put(greeting.lowest, 2, to + 8);
  put(greeting.highest, 2, to + 10);
  put(greeting.pid, 4, to + 12);
  put(greeting.hash, 8, to + 16);
}

bool decode_greeting(const char* from, Greeting& greeting) {
  if (!std::equal(magic.begin(), magic.end(), from)) return false;
  greeting.lowest = static_cast<std::uint16_t>(get(2, from + 8));
  greeting.highest = static_cast<std::uint16_t>(get(2, from + 10));
  greeting.pid = static_cast<std::uint32_t>(get(4, from + 12));
  greeting.hash = get(8, from + 16);
  return greeting.lowest <= greeting.highest;
}

std::uint16_t common_version(const Greeting& theirs) {
  const auto version = std::min(theirs.highest, highest_version);
  return version >= std::max(theirs.lowest, lowest_version) ? version : std::uint16_t{0};
}

}  // namespace fairlead::relay
