#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string_view>

namespace fairlead::engine {

/// Takes apart the engine's multiplexed stream: 8 bytes of header (stream number, three zeros,
/// big-endian length), then the payload. Binary-safe; bytes may come in pieces of any size.
class FrameReader {
 public:
  /// `stream` is 1 for stdout, 2 for stderr.
  using Sink = std::function<void(int stream, std::string_view bytes)>;

  /// Throws Error(unavailable, "engine.gone") when `bytes` are no such stream.
  void feed(std::string_view bytes, const Sink& sink);
  /// Nothing of a frame is outstanding.
  bool at_boundary() const noexcept { return header_size_ == 0 && left_ == 0; }

 private:
  void take_header(std::string_view& bytes);

  std::array<unsigned char, 8> header_{};
  std::size_t header_size_ = 0;
  std::size_t left_ = 0;
  int stream_ = 0;
};

}  // namespace fairlead::engine
