#include <fairlead/relay/byte_queue.hpp>
#include <fairlead/relay/wire.hpp>

#include <algorithm>

namespace fairlead::relay {

void ByteQueue::consume(std::size_t size) {
  begin_ += size;
  if (begin_ != end_) return;
  begin_ = end_ = 0;
  if (capacity_ > keep_) {
    data_.reset();
    capacity_ = 0;
  }
}

char* ByteQueue::room(std::size_t size) {
  if (capacity_ - end_ >= size) return data_.get() + end_;
  const auto used = this->size();
  if (capacity_ < used + size || begin_ < used) {
    const auto capacity =
        std::max(used + size, std::min<std::size_t>(2 * capacity_, 2 * widest_window));
    std::unique_ptr<char[]> larger(new char[capacity]);  // not made zero first, unlike a vector's
    std::copy(data_.get() + begin_, data_.get() + end_, larger.get());
    data_ = std::move(larger);
    capacity_ = capacity;
  } else {
    std::copy(data_.get() + begin_, data_.get() + end_, data_.get());
  }
  begin_ = 0;
  end_ = used;
  return data_.get() + end_;
}

void ByteQueue::append(std::span<const char> bytes) {
  std::copy(bytes.begin(), bytes.end(), room(bytes.size()));
  add(bytes.size());
}

}  // namespace fairlead::relay
