#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

/// The relay's protocol as bytes; docs/relay-protocol.md says what they mean. Needs no library, so
/// that the relay, which has none, and the host read the same lines.
namespace fairlead::relay {

inline constexpr std::uint16_t lowest_version = 1;
inline constexpr std::uint16_t highest_version = 2;
/// From this version on a command's errors may go with its output.
inline constexpr std::uint16_t version_with_output = 2;

inline constexpr std::string_view magic = "fairlead";
inline constexpr std::size_t greeting_size = 24;
inline constexpr std::size_t header_size = 8;
inline constexpr std::size_t most_payload = 65536;
/// What each side lets the other send on a channel before it says that it took some of it.
inline constexpr std::uint32_t window = 1U << 20U;
/// What it may become while the other side takes everything at once.
inline constexpr std::uint32_t widest_window = 8U << 20U;

enum class FrameType : std::uint8_t {
  open_tcp = 1,
  open_unix = 2,
  opened = 3,
  data = 4,
  end = 5,
  reset = 6,
  credit = 7,
  listen_tcp = 8,
  listen_unix = 9,
  listening = 10,
  accepted = 11,
  run = 12,
  resize = 13,
  signal = 14,
  exit = 15,
  watch = 16,
  listener_added = 17,
  listener_removed = 18,
  listeners_complete = 19,
  ping = 20,
  pong = 21,
};

/// Why a channel was reset.
enum class ResetReason : std::uint32_t {
  other = 0,
  reset = 1,
  refused = 2,
  unreachable = 3,
  not_found = 4,
  denied = 5,
  taken = 6,
  bad_address = 7,
  timed_out = 8,
};

struct Header {
  FrameType type{};
  std::uint32_t channel = 0;
  std::uint32_t size = 0;
};

struct Greeting {
  std::uint16_t lowest = lowest_version;
  std::uint16_t highest = highest_version;
  std::uint32_t pid = 0;
  std::uint64_t hash = 0;  ///< FNV-1a of the relay's own file; 0: it cannot read it, or the host
};

/// FNV-1a, 64 bits; `seed` is an earlier result.
std::uint64_t fnv(std::span<const char> bytes, std::uint64_t seed = 0xcbf29ce484222325U);

/// Writes numbers (little-endian) and texts behind each other.
class PayloadWriter {
 public:
  PayloadWriter& u8(std::uint8_t value) { return number(value, 1); }
  PayloadWriter& u16(std::uint16_t value) { return number(value, 2); }
  PayloadWriter& u32(std::uint32_t value) { return number(value, 4); }
  PayloadWriter& u64(std::uint64_t value) { return number(value, 8); }
  /// Its size as 16 bits, then itself; cut at 60,000 bytes.
  PayloadWriter& text(std::string_view value);
  std::span<const char> bytes() const { return bytes_; }

 private:
  PayloadWriter& number(std::uint64_t value, int size);

  std::vector<char> bytes_;
};

/// Reads what a PayloadWriter wrote. Reading past the end gives zeros and makes `ok` false.
class PayloadReader {
 public:
  explicit PayloadReader(std::span<const char> bytes) : bytes_(bytes) {}
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  std::string_view text();
  bool ok() const { return ok_; }
  /// Everything was well-formed and nothing is left.
  bool complete() const { return ok_ && bytes_.empty(); }

 private:
  std::uint64_t number(std::size_t size);

  std::span<const char> bytes_;
  bool ok_ = true;
};

void encode_header(const Header& header, char* to);
Header decode_header(const char* from);
/// False for types that this version does not have and for sizes that no frame has.
bool is_possible(const Header& header);

void encode_greeting(const Greeting& greeting, char* to);
/// False when it is no greeting.
bool decode_greeting(const char* from, Greeting& greeting);
/// The version that both speak; 0: none.
std::uint16_t common_version(const Greeting& theirs);

}  // namespace fairlead::relay
