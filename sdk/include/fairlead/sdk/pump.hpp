#pragma once

#include <cstdint>

namespace fairlead::sdk {

/// Why a pump ended.
enum class PumpEnd {
  end_of_stream,  ///< all bytes were moved
  receiver_gone,  ///< nobody reads `to` any more
  cancelled,      ///< the cancel descriptor became readable
};

struct PumpResult {
  PumpEnd end = PumpEnd::end_of_stream;
  std::uint64_t bytes = 0;  ///< written to `to`
};

/// Moves bytes from `from` to `to` until the end of the stream, then, when `to` is a socket, shuts
/// its sending half down. Takes no descriptor over and changes no flags of theirs (an O_NONBLOCK
/// would leak to whoever shares the terminal or the pipe). Never raises SIGPIPE. Blocks; ends when
/// `cancel_fd` (-1: none) is readable. Throws Error(failed, "pump.read" or "pump.write").
PumpResult pump(int from, int to, int cancel_fd = -1);

/// Both directions between two sockets until both have ended, with half-close: the end of one
/// direction leaves the other open. One thread more while it lasts. Errors end the direction that
/// they occur in, as its end of stream does.
void relay(int left, int right, int cancel_fd = -1);

}  // namespace fairlead::sdk
