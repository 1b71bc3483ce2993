#pragma once

#include <fairlead/relay/wire.hpp>

#include <string_view>
#include <vector>

/// What the host asks of the relay, read from a frame's payload: views into it.
namespace fairlead::relay {

/// What a relay is told that another relay starts as a command.
inline constexpr std::string_view lent_word = "lent";
/// And what starts one that moves files: `relay unpack FOLDER`, `relay pack PATH`.
inline constexpr std::string_view unpack_word = "unpack";
inline constexpr std::string_view pack_word = "pack";
/// And what starts one that waits for the host at a port, for a word of this size.
inline constexpr std::string_view door_word = "door";
inline constexpr std::size_t door_word_size = 32;

enum class HostKind : std::uint8_t { name = 0, v4 = 4, v6 = 6 };

struct TcpPlace {
  std::uint32_t credit = 0;  ///< open_tcp: what the relay may send at first; listen_tcp: 0
  std::uint64_t netns = 0;
  std::uint16_t port = 0;
  HostKind kind = HostKind::name;
  std::string_view host;  ///< a name, or 4 or 16 bytes
};

struct UnixPlace {
  std::uint32_t credit = 0;
  std::string_view path;
};

/// As an error channel: errors go with the output, in one pipe, so that both keep their order. From
/// `version_with_output` on.
inline constexpr std::uint32_t with_output = 0xffffffff;

struct RunRequest {
  std::uint32_t credit = 0;
  std::uint32_t error_channel = 0;  ///< 0: there is a terminal; or `with_output`
  std::uint16_t rows = 0;
  std::uint16_t columns = 0;
  std::string_view folder;
  std::vector<std::string_view> words;
  std::vector<std::string_view> environment;  ///< NAME=value
};

/// Each is false when the payload is not well-formed.
bool read(PayloadReader from, TcpPlace& place);
bool read(PayloadReader from, UnixPlace& place);
bool read(PayloadReader from, RunRequest& request);

void write(PayloadWriter& to, const TcpPlace& place);
void write(PayloadWriter& to, const UnixPlace& place);
void write(PayloadWriter& to, const RunRequest& request);

}  // namespace fairlead::relay
