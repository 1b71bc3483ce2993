#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace fairlead::relay {

/// Bytes in the order in which they came. Keeps no memory while it is empty, but what `keep` says:
/// a thousand idle connections cost nothing.
class ByteQueue {
 public:
  explicit ByteQueue(std::size_t keep = 0) : keep_(keep) {}

  bool empty() const { return begin_ == end_; }
  std::size_t size() const { return end_ - begin_; }
  std::span<const char> front() const { return {data_.get() + begin_, size()}; }
  void consume(std::size_t size);

  /// Room for `size` more bytes behind the others; `filled` of them count from then on.
  char* room(std::size_t size);
  void add(std::size_t filled) { end_ += filled; }
  void append(std::span<const char> bytes);
  void clear() { consume(size()); }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t keep_;
};

}  // namespace fairlead::relay
