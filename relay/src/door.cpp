#include "door.hpp"

#include "address.hpp"
#include "files.hpp"
#include "standard_stream.hpp"

#include <fairlead/relay/loop.hpp>
#include <fairlead/relay/requests.hpp>

#include <netinet/tcp.h>

#include <algorithm>
#include <array>

namespace fairlead::relay {
namespace {

constexpr std::int64_t open_ms = 20000;
constexpr std::int64_t word_ms = 5000;
constexpr std::size_t most_guests = 16;

using Word = std::array<char, door_word_size>;

struct Guest {
  int fd = -1;
  Word said{};
  std::size_t size = 0;
  std::int64_t until = 0;
};

/// In the same time whatever is wrong.
bool same(const Word& left, const Word& right) {
  unsigned difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i)
    difference |= static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(right[i]);
  return difference == 0;
}

class Door {
 public:
  bool open() {
    if (read_fully(0, word_.data(), word_.size()) != static_cast<long>(word_.size())) return false;
    listener_ = sys::socket(AF_INET, SOCK_STREAM);
    const std::array<std::uint8_t, 4> everywhere{};
    auto address = Address::v4(everywhere.data(), 0);
    if (listener_ < 0 || sys::bind(listener_, &address.any, address.size) < 0 ||
        sys::listen(listener_, most_guests) < 0)
      return false;
    socklen_t size = sizeof address.local;
    sys::call(SYS_getsockname, listener_, sys::address(&address.any), sys::address(&size));
    Text line;
    append_number(line, __builtin_bswap16(address.in4.sin_port));
    line.push_back('\n');
    return write_fully(1, view(line)) == 0;
  }

  /// The connection that said the word; -1: none did.
  int wait() {
    const auto end = Loop::now_ms() + open_ms;
    for (auto now = Loop::now_ms(); now < end; now = Loop::now_ms()) {
      std::array<pollfd, most_guests + 1> fds{};
      fds[0] = {guests_.size() < most_guests ? listener_ : -1, POLLIN, 0};
      for (std::size_t i = 0; i < guests_.size(); ++i) fds[i + 1] = {guests_[i].fd, POLLIN, 0};
      poll(fds.data(), guests_.size() + 1, next_end(end) - now);
      for (auto& guest : guests_) hear(guest);
      if (const int found = let_in(); found >= 0) return found;
      if ((fds[0].revents & POLLIN) != 0) accept();
    }
    return -1;
  }

  ~Door() {
    if (listener_ >= 0) sys::close(listener_);
    for (const auto& guest : guests_) sys::close(guest.fd);
  }
  Door() = default;
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

 private:
  static void poll(pollfd* fds, std::size_t count, std::int64_t milliseconds) {
    const timespec time{milliseconds / 1000, milliseconds % 1000 * 1000000};
    sys::call(SYS_ppoll, sys::address(fds), sys::signed_of(count), sys::address(&time), 0, 8);
  }

  std::int64_t next_end(std::int64_t end) const {
    for (const auto& guest : guests_) end = std::min(end, guest.until);
    return std::max(end, Loop::now_ms());
  }

  void accept() {
    const int fd = sys::accept(listener_);
    if (fd >= 0) guests_.push_back({.fd = fd, .until = Loop::now_ms() + word_ms});
  }

  static void hear(Guest& guest) {
    const auto left = guest.said.size() - guest.size;
    const long got = left == 0 ? 0 : sys::read(guest.fd, guest.said.data() + guest.size, left);
    if (got > 0) guest.size += static_cast<std::size_t>(got);
    if (got == 0) guest.until = 0;
  }

  /// Hangs up on those who said something else, or took too long.
  int let_in() {
    int found = -1;
    const auto now = Loop::now_ms();
    std::erase_if(guests_, [&](const Guest& guest) {
      const bool whole = guest.size == guest.said.size();
      if (whole && found < 0 && same(guest.said, word_)) {
        found = guest.fd;
        return true;
      }
      if (!whole && now < guest.until) return false;
      sys::close(guest.fd);
      return true;
    });
    return found;
  }

  Word word_{};
  int listener_ = -1;
  std::vector<Guest> guests_;
};

}  // namespace

bool wait_at_door() {
  Door door;
  const int guest = door.open() ? door.wait() : -1;
  if (guest < 0) return false;
  const int on = 1;
  sys::set_option(guest, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  for (const int fd : {0, 1}) sys::call(SYS_dup3, guest, fd, 0);
  sys::close(guest);
  return true;
}

}  // namespace fairlead::relay
