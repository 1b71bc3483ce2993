#pragma once

#include <fairlead/relay/sys.hpp>

#include <errno.h>
#include <poll.h>

#include <cstddef>
#include <string_view>

/// The standard streams of a command of the relay's own, which waits for them.
namespace fairlead::relay {

inline void wait_for(int fd, short events) {
  pollfd one{fd, events, 0};
#ifdef SYS_poll
  sys::call(SYS_poll, sys::address(&one), 1, -1);
#else
  sys::call(SYS_ppoll, sys::address(&one), 1, 0, 0, 8);
#endif
}

/// As many bytes as there are, up to `size`: fewer only at the end.
inline long read_fully(int fd, char* to, std::size_t size) {
  std::size_t have = 0;
  while (have < size) {
    const long got = sys::read(fd, to + have, size - have);
    if (got == -EINTR) continue;
    if (got == -EAGAIN) {
      wait_for(fd, POLLIN);
      continue;
    }
    if (got < 0) return got;
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return static_cast<long>(have);
}

/// 0, or minus the number of an error.
inline long write_fully(int fd, std::string_view text) {
  while (!text.empty()) {
    const long put = sys::write(fd, text.data(), text.size());
    if (put == -EINTR) continue;
    if (put == -EAGAIN) {
      wait_for(fd, POLLOUT);
      continue;
    }
    if (put < 0) return put;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return 0;
}

/// "WHAT: the reason", a line on the standard error. Returns 1, the exit status.
int complain(std::string_view what, long error);

}  // namespace fairlead::relay
