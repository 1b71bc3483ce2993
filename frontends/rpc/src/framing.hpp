#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Messages as language servers send them: "Content-Length: N", an empty line, N bytes of JSON.
namespace fairlead::rpc {

/// Cuts a stream of bytes into messages. Not thread-safe.
class FrameReader {
 public:
  static constexpr std::size_t largest_header = 4096;
  static constexpr std::size_t largest_body = std::size_t{16} << 20;

  /// More bytes of the stream.
  void append(std::string_view bytes) { buffer_ += bytes; }

  /// The next whole message; nullopt until more bytes have come. Throws Error "rpc.frame" for what
  /// is no frame: where the next one begins is then unknown, and the stream is of no more use.
  std::optional<std::string> next();

 private:
  std::string buffer_;
};

/// `body` as a frame.
std::string frame(std::string_view body);

}  // namespace fairlead::rpc
