#include <fairlead/engine/frames.hpp>
#include <fairlead/engine/transport.hpp>

#include <algorithm>

namespace fairlead::engine {

void FrameReader::take_header(std::string_view& bytes) {
  while (header_size_ < header_.size() && !bytes.empty()) {
    header_[header_size_++] = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
  }
  if (header_size_ < header_.size()) return;
  header_size_ = 0;
  if (header_[0] > 3 || header_[1] != 0 || header_[2] != 0 || header_[3] != 0) {
    throw_gone("its stream is not framed as the Engine API says");
  }
  stream_ = header_[0];
  left_ = (std::size_t{header_[4]} << 24U) | (std::size_t{header_[5]} << 16U) |
          (std::size_t{header_[6]} << 8U) | header_[7];
}

void FrameReader::feed(std::string_view bytes, const Sink& sink) {
  while (!bytes.empty()) {
    if (left_ == 0) {
      take_header(bytes);
      continue;
    }
    const auto part = bytes.substr(0, std::min(left_, bytes.size()));
    sink(stream_ >= 2 ? 2 : 1, part);  // 3 is the engine's own complaint
    left_ -= part.size();
    bytes.remove_prefix(part.size());
  }
}

}  // namespace fairlead::engine
