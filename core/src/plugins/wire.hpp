#pragma once

#include <fairlead/unique_fd.hpp>

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// What passes between us and a plugin in a process of its own.
enum class WireKind : std::uint32_t { hello, call, event, done, cancel, log, end };

struct WireMessage {
  WireKind kind = WireKind::end;
  std::uint64_t call = 0;   ///< numbered by the side that calls
  std::int32_t first = 0;   ///< call: interface; done: status; log: level
  std::int32_t second = 0;  ///< call: slot
  std::string text;
  std::vector<UniqueFd> fds;
};

/// Messages with descriptors over a stream socket. Both ends are the same program's version, so the
/// bytes are those of the machine. Sending is thread-safe, receiving is one thread's.
class Wire {
 public:
  explicit Wire(UniqueFd socket) : socket_(std::move(socket)) {}

  /// Descriptors are borrowed. False: the other end is gone, or the message is too large; a call or
  /// an answer that cannot be sent ends `receive` on both sides.
  bool send(WireKind kind, std::uint64_t call, std::int32_t first, std::int32_t second,
            std::string_view text, const std::int32_t* fds = nullptr, std::size_t fd_count = 0);
  /// Blocks; nothing: the other end is gone.
  std::optional<WireMessage> receive();
  /// Whether `receive` has something to begin with, be it the end.
  bool has_more() const;
  /// Ends `receive` on both sides.
  void shut();

 private:
  const UniqueFd socket_;
  std::mutex sending_;
};

}  // namespace fairlead
