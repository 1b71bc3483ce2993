#include "server/http_body.hpp"

#include <algorithm>
#include <utility>

namespace fairlead::server {
namespace {

constexpr int most_digits = 15;

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

BodyEnd::BodyEnd(BodyKind kind) : kind_(kind) {
  if (kind.end == BodyKind::End::after_bytes) left_ = kind.bytes;
  reached_ = kind.end == BodyKind::End::at_once ||
             (kind.end == BodyKind::End::after_bytes && kind.bytes == 0);
}

std::size_t BodyEnd::take(std::string_view text) {
  if (reached_ || faulty_) return 0;
  if (kind_.end == BodyKind::End::with_connection) return text.size();
  std::size_t used = 0;
  while (used < text.size() && !reached_ && !faulty_) {
    const bool counted = kind_.end == BodyKind::End::after_bytes || part_ == Part::data;
    if (!counted) {
      take_byte(text[used++]);
      continue;
    }
    const auto now = std::min<std::uint64_t>(left_, text.size() - used);
    used += static_cast<std::size_t>(now);
    left_ -= now;
    if (left_ > 0) continue;
    if (kind_.end == BodyKind::End::after_bytes) reached_ = true;
    part_ = Part::data_end;
  }
  return used;
}

/// Between the data of two chunks. Lines end with LF, before which CR may stand.
void BodyEnd::take_byte(char c) {
  switch (part_) {
    case Part::size:
      return take_size(c);
    case Part::extension:
      if (c == '\n') end_size();
      return;
    case Part::data_end:
      if (c == '\n') part_ = Part::size;
      faulty_ = c != '\n' && c != '\r';
      return;
    case Part::trailer:
      if (c == '\n') reached_ = std::exchange(line_empty_, true);
      if (c != '\n' && c != '\r') line_empty_ = false;
      return;
    case Part::data:
      return;
  }
}

void BodyEnd::take_size(char c) {
  if (const int digit = hex(c); digit >= 0 && digits_ < most_digits) {
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    ++digits_;
    return;
  }
  const bool after_size = c == ';' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
  faulty_ = digits_ == 0 || !after_size;
  part_ = Part::extension;
  if (c == '\n') end_size();
}

void BodyEnd::end_size() {
  part_ = left_ == 0 ? Part::trailer : Part::data;
  digits_ = 0;
}

}  // namespace fairlead::server
