#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::server {

/// `text` as one message: a header with its length, as language servers have it.
std::string framed(std::string_view text);

/// Takes messages apart again. One thread.
class FrameReader {
 public:
  void feed(std::string_view bytes) { buffer_ += bytes; }
  /// The next whole message; nothing: more bytes are needed. Throws Error "server.protocol".
  std::optional<std::string> next();

  static constexpr std::size_t most_header = 4096;
  static constexpr std::size_t most_text = std::size_t{16} << 20U;

 private:
  std::string buffer_;
};

}  // namespace fairlead::server
